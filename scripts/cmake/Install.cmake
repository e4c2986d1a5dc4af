# What `cmake --install` puts where, beside the two programs: manual pages, completions, the unit, documentation;
# and the Debian package made of the same (`cpack -G DEB` in the build directory).
include(GNUInstallDirs)

# The pages and completions of the client are made by the client itself, from its command tree.
set(pages "${PROJECT_BINARY_DIR}/pages")
set(made)
# Output, and how it is asked for.
function(entente_page out)
  add_custom_command(OUTPUT "${pages}/${out}"
    COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C $<TARGET_FILE:entente> ${ARGN} > "${pages}/${out}"
    DEPENDS entente VERBATIM)
  set(made ${made} "${pages}/${out}" PARENT_SCOPE)
endfunction()

foreach(language en fr ru)
  if(language STREQUAL "en")
    set(man "${CMAKE_INSTALL_MANDIR}/man1")
  else()
    set(man "${CMAKE_INSTALL_MANDIR}/${language}/man1")
  endif()
  file(MAKE_DIRECTORY "${pages}/${language}")
  entente_page(${language}/entente.1 help --man --lang ${language})
  install(FILES "${pages}/${language}/entente.1" DESTINATION "${man}")
endforeach()
foreach(shell bash zsh fish)
  entente_page(entente.${shell} completion ${shell})
endforeach()
add_custom_target(entente_pages ALL DEPENDS ${made})

install(FILES "${pages}/entente.bash" RENAME entente
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(FILES "${pages}/entente.zsh" RENAME _entente
  DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions")
install(FILES "${pages}/entente.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")

install(FILES deploy/entented.8 DESTINATION "${CMAKE_INSTALL_MANDIR}/man8")
install(FILES deploy/entented.service DESTINATION lib/systemd/system)
install(FILES deploy/entente.sysusers RENAME entente.conf DESTINATION lib/sysusers.d)
install(FILES deploy/entented.toml RENAME node.toml DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/entente/examples")
install(DIRECTORY deploy/catalogues DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/entente/examples")
install(DIRECTORY docs/ DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/entente" FILES_MATCHING PATTERN "*.md")
install(FILES README.md DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/entente")
install(FILES LICENSE RENAME copyright DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/entente")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME entente)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "Entente maintainers <maintainers@entente.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "age, weasyprint")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/deploy/deb/postinst"
  "${PROJECT_SOURCE_DIR}/deploy/deb/prerm" "${PROJECT_SOURCE_DIR}/deploy/deb/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "registry of what delegations promised and what they report")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"The node (entented) that a delegation runs under an international instrument,
and the command line (entente) of its people. Reports are signed where they are
written, travel between the nodes of all parties, and can be checked by anybody.")
include(CPack)
