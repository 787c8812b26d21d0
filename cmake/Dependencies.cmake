# Imported targets for what `make deps` built, and the Debian packages that Sluice links.

if(NOT EXISTS "${SLUICE_DEPS_DIR}/dependencies.cmake")
  message(FATAL_ERROR "BoringSSL and llhttp are not built yet: run `make deps` (it fills ${SLUICE_DEPS_DIR})")
endif()
include("${SLUICE_DEPS_DIR}/dependencies.cmake")

function(sluice_import name library include)
  string(REGEX REPLACE "\\$<BUILD_INTERFACE:([^>]*)>" "\\1" include "${include}")
  string(GENEX_STRIP "${include}" include)
  add_library(${name} STATIC IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES
    IMPORTED_LOCATION "${library}"
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${include}"
    INTERFACE_INCLUDE_DIRECTORIES "${include}")
endfunction()

sluice_import(crypto "${SLUICE_CRYPTO_LIBRARY}" "${SLUICE_BORINGSSL_INCLUDE}")
sluice_import(ssl "${SLUICE_SSL_LIBRARY}" "${SLUICE_BORINGSSL_INCLUDE}")
sluice_import(llhttp "${SLUICE_LLHTTP_LIBRARY}" "${SLUICE_LLHTTP_INCLUDE}")
# BoringSSL's symbols carry a prefix, so that it lives beside the OpenSSL of libpq; its headers need to know.
set_property(TARGET crypto PROPERTY INTERFACE_COMPILE_DEFINITIONS BORINGSSL_PREFIX=sluice)
set_property(TARGET ssl PROPERTY INTERFACE_LINK_LIBRARIES crypto)

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
# Static: liburing 2.3's shared library does not export io_uring_register_restrictions.
pkg_check_modules(LIBURING REQUIRED liburing>=2.3)
find_library(SLUICE_LIBURING NAMES liburing.a REQUIRED)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
