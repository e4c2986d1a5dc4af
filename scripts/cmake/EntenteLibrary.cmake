# entente_library(NAME ledger SRCS ... DEPS ... PRIVATE_DEPS ...): one library per folder,
# used as entente::ledger.
# entente_test(NAME entry_test SRCS ... DEPS ... LABELS unit): one gtest binary, found
# by ctest case by case.
function(entente_library)
  cmake_parse_arguments(A "" "NAME" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  if(A_SRCS)
    add_library(entente_${A_NAME} STATIC ${A_SRCS})
    set(scope PUBLIC)
    target_link_libraries(entente_${A_NAME} PRIVATE entente_warnings ${A_PRIVATE_DEPS})
  else()
    add_library(entente_${A_NAME} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(entente_${A_NAME} ${scope} ${PROJECT_SOURCE_DIR})
  target_link_libraries(entente_${A_NAME} ${scope} ${A_DEPS})
  add_library(entente::${A_NAME} ALIAS entente_${A_NAME})
endfunction()

function(entente_test)
  cmake_parse_arguments(A "" "NAME;TIMEOUT" "SRCS;DEPS;LABELS" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_executable(${A_NAME} ${A_SRCS})
  target_link_libraries(${A_NAME} PRIVATE ${A_DEPS} entente_warnings GTest::gmock GTest::gtest_main)
  target_compile_definitions(${A_NAME} PRIVATE ENTENTE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${A_NAME} DISCOVERY_MODE PRE_TEST
                       PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT})
endfunction()
