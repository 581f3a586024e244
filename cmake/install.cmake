# Installs the headers, the library, dio.pc and find_package(dio CONFIG).

include(CMakePackageConfigHelpers)
set(dio_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/dio)

# What Rust's standard library needs from the system: rustc --print native-static-libs.
set(dio_static_libs gcc_s pthread m dl c)
list(TRANSFORM dio_static_libs PREPEND -l OUTPUT_VARIABLE dio_static_flags)
list(JOIN dio_static_flags " " dio_static_flags)

configure_package_config_file(cmake/dioConfig.cmake.in dioConfig.cmake
  INSTALL_DESTINATION ${dio_cmake_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(dioConfigVersion.cmake COMPATIBILITY SameMinorVersion)

# dio.pc finds its way from where it lies, so that the tree may be moved.
file(RELATIVE_PATH dio_pc_prefix
  ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" dio_pc_prefix "${dio_pc_prefix}")
configure_file(cmake/dio.pc.in dio.pc @ONLY)

install(DIRECTORY include/ TYPE INCLUDE FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(DIRECTORY ${dio_stage}/ TYPE LIB USE_SOURCE_PERMISSIONS)
if(DIO_INSTALL_STATIC)
  install(FILES ${dio_cargo_out}/libdio.a TYPE LIB)
endif()
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dio.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/dioConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/dioConfigVersion.cmake
        DESTINATION ${dio_cmake_dir})
install(FILES LICENSE-MIT LICENSE-APACHE TYPE DOC)
