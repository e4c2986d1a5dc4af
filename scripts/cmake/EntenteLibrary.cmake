# entente_library(NAME ledger SRCS ... DEPS ... PRIVATE_DEPS ...): one library per folder,
# used as entente::ledger.
# entente_test(NAME entry_test SRCS ... DEPS ... LABELS unit): one gtest binary, found
# by ctest case by case. ALONE names sources that must not share a translation unit with others.
#
# Headers of Protobuf, Abseil and gRPC cost several seconds per translation unit. Presets with
# CMAKE_UNITY_BUILD therefore compile several sources as one: entente_unity(TARGET) spreads them evenly,
# so that two cores finish together. The others, which show that each source includes what it uses,
# take entente_precompile(TARGET ...) instead.
set(ENTENTE_UNITY_SOURCES 8 CACHE STRING "The most sources compiled as one where CMAKE_UNITY_BUILD is on")

function(entente_unity target)
  get_target_property(sources ${target} SOURCES)
  list(LENGTH sources count)
  math(EXPR units "(${count} + ${ENTENTE_UNITY_SOURCES} - 1) / ${ENTENTE_UNITY_SOURCES}")
  math(EXPR size "(${count} + ${units} - 1) / ${units}")
  set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE ${size})
endfunction()

function(entente_precompile target)
  if(NOT CMAKE_UNITY_BUILD)
    target_precompile_headers(${target} ${ARGN})
  endif()
endfunction()

function(entente_library)
  cmake_parse_arguments(A "" "NAME" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  if(A_SRCS)
    add_library(entente_${A_NAME} STATIC ${A_SRCS})
    entente_unity(entente_${A_NAME})
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
  cmake_parse_arguments(A "" "NAME;TIMEOUT" "SRCS;DEPS;LABELS;ALONE" ${ARGN})
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_executable(${A_NAME} ${A_SRCS} ${A_ALONE})
  entente_unity(${A_NAME})
  set_source_files_properties(${A_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_link_libraries(${A_NAME} PRIVATE ${A_DEPS} entente_source_dir entente_warnings GTest::gmock
                                          GTest::gtest_main)
  gtest_discover_tests(${A_NAME} DISCOVERY_MODE PRE_TEST
                       PROPERTIES LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT})
endfunction()
