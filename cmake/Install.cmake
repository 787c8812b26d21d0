# What `cmake --install` lays down: the program, and the package that find_package(Sluice) finds.
#
# Components: `server` (the program), `friction` (the controller for a server of one's own; needs {fmt} alone), `resource` (verifying
# tokens, deciding, HTTP; brings BoringSSL, prefixed, and llhttp along), `c` (the controller as a shared library with a C interface).
# Without --component: all of them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(sluice_package "${CMAKE_INSTALL_LIBDIR}/cmake/Sluice")
# Of BoringSSL and llhttp; a folder of their own, where no linker finds them by chance.
set(sluice_bundled "${CMAKE_INSTALL_LIBDIR}/sluice")
# The folder that users' compilers are given: includes read as in the source, "friction/guarded.h".
set(sluice_headers "${CMAKE_INSTALL_INCLUDEDIR}/sluice")

# sluice_install(COMPONENT folders...): their archives and headers.
function(sluice_install component)
  foreach(folder ${ARGN})
    install(TARGETS sluice_${folder} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT ${component})
    install(DIRECTORY "${CMAKE_SOURCE_DIR}/src/${folder}" DESTINATION "${sluice_headers}" COMPONENT ${component}
            FILES_MATCHING PATTERN "*.h")
  endforeach()
endfunction()
sluice_install(friction base friction)
sluice_install(resource crypto io http token resource)

install(FILES "${SLUICE_CRYPTO_LIBRARY}" "${SLUICE_SSL_LIBRARY}" "${SLUICE_LLHTTP_LIBRARY}"
        DESTINATION "${sluice_bundled}" COMPONENT resource)

configure_package_config_file(cmake/SluiceConfig.cmake.in "${CMAKE_BINARY_DIR}/SluiceConfig.cmake"
  INSTALL_DESTINATION "${sluice_package}" PATH_VARS CMAKE_INSTALL_LIBDIR sluice_headers sluice_bundled)
write_basic_package_version_file("${CMAKE_BINARY_DIR}/SluiceConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
foreach(component friction resource)
  install(FILES "${CMAKE_BINARY_DIR}/SluiceConfig.cmake" "${CMAKE_BINARY_DIR}/SluiceConfigVersion.cmake"
          DESTINATION "${sluice_package}" COMPONENT ${component})
  install(FILES LICENSE third_party/LICENSES.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT ${component})
endforeach()

if(TARGET sluice_friction_c)
  install(TARGETS sluice_friction_c
          LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT c NAMELINK_COMPONENT c
          PUBLIC_HEADER DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT c)
  configure_file(sdk/c/sluice_friction.pc.in "${CMAKE_BINARY_DIR}/sluice_friction.pc" @ONLY)
  install(FILES "${CMAKE_BINARY_DIR}/sluice_friction.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT c)
  install(FILES LICENSE third_party/LICENSES.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT c)
endif()

install(TARGETS sluice RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT server)
install(FILES LICENSE third_party/LICENSES.md examples/sluice.toml DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT server)
