# Every third-party package of the project, in one place. All are Debian 12 packages;
# scripts/install-deps installs them. One line each on why the package is here and not our own code.
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)        # messages; before gRPC, which lacks a config for it
find_package(absl CONFIG REQUIRED)     # Status, strings, ordered containers
find_package(gRPC CONFIG REQUIRED)     # node-to-node and client-to-node calls
find_package(RocksDB CONFIG REQUIRED)  # the ordered key-value store on disk
find_package(OpenSSL REQUIRED)         # Ed25519, SHA-256, PKCS#8, certificates
find_package(GTest CONFIG REQUIRED)    # tests
find_package(fmt CONFIG REQUIRED)      # text formatting
find_package(spdlog CONFIG REQUIRED)   # structured logs
find_package(nlohmann_json CONFIG REQUIRED)  # JSON output and log lines
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)      # is this key a good point?
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)          # frame compression
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)  # NFC, display width
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)  # configuration file
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)  # command-line arguments, header only
find_library(CSV_LIBRARY csv REQUIRED)                            # CSV reading (libcsv)
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter)  # spreadsheets
find_program(MSGFMT msgfmt REQUIRED)  # compiles the translations (gettext)
find_program(CLANG_FORMAT clang-format)
# What operators run is linked for speed: RocksDB counts every key comparison in thread-local memory, which
# from a shared library is a call each; and entries are made by one thread and freed by another, which
# jemalloc does without a lock (librocksdb-dev brings it along). Everything else links the shared library:
# quicker to build, and sanitizers bring an allocator of their own.
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(ENTENTE_ROCKSDB RocksDB::rocksdb)
  pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
  set(ENTENTE_ALLOCATOR PkgConfig::JEMALLOC)
else()
  set(ENTENTE_ROCKSDB RocksDB::rocksdb-shared)
  set(ENTENTE_ALLOCATOR)
endif()
