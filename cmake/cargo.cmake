# Builds the Rust library and offers it to C targets as dio::dio.

find_program(CARGO cargo REQUIRED)
set(DIO_CARGO_PROFILE release CACHE STRING "Cargo profile the library is built with")
set(DIO_CARGO_TARGET_DIR ${CMAKE_CURRENT_SOURCE_DIR}/target CACHE PATH "Folder that cargo builds into")

# Cargo calls the folder of its dev profile otherwise.
set(dio_profile_dir ${DIO_CARGO_PROFILE})
if(DIO_CARGO_PROFILE STREQUAL dev)
  set(dio_profile_dir debug)
endif()

set(dio_so_name libdio${CMAKE_SHARED_LIBRARY_SUFFIX})
set(dio_stage ${CMAKE_CURRENT_BINARY_DIR}/lib)
set(dio_cargo_out ${DIO_CARGO_TARGET_DIR}/${dio_profile_dir})

# macOS puts the version before the suffix.
if(APPLE)
  set(dio_so_versioned libdio.${PROJECT_VERSION}.dylib)
  set(dio_so_abi libdio.${DIO_SOVERSION}.dylib)
else()
  set(dio_so_versioned ${dio_so_name}.${PROJECT_VERSION})
  set(dio_so_abi ${dio_so_name}.${DIO_SOVERSION})
endif()

# No folder of this machine in the messages of panics: as in xtask/src/library.rs.
if(DEFINED ENV{CARGO_HOME})
  set(dio_crates $ENV{CARGO_HOME}/registry/src)
elseif(DEFINED ENV{HOME})
  set(dio_crates $ENV{HOME}/.cargo/registry/src)
else()
  set(dio_crates $ENV{USERPROFILE}/.cargo/registry/src)
endif()
if(WIN32)
  file(TO_NATIVE_PATH "${dio_crates}" dio_crates)
endif()

# Cargo knows best what is stale, so it is asked on every build.
add_custom_target(dio-cargo ALL
  COMMAND ${CARGO} build --package dio --lib --locked --profile ${DIO_CARGO_PROFILE}
          --target-dir ${DIO_CARGO_TARGET_DIR}
          --config "build.rustflags=['--remap-path-prefix=${dio_crates}=crates']"
  COMMAND ${CMAKE_COMMAND} -E make_directory ${dio_stage}
  COMMAND ${CMAKE_COMMAND} -E copy_if_different
          ${dio_cargo_out}/${dio_so_name} ${dio_stage}/${dio_so_versioned}
  COMMAND ${CMAKE_COMMAND} -E create_symlink ${dio_so_versioned} ${dio_stage}/${dio_so_abi}
  COMMAND ${CMAKE_COMMAND} -E create_symlink ${dio_so_abi} ${dio_stage}/${dio_so_name}
  WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
  BYPRODUCTS ${dio_stage}/${dio_so_versioned}
  USES_TERMINAL VERBATIM)

add_library(dio::dio SHARED IMPORTED GLOBAL)
add_dependencies(dio::dio dio-cargo)
set_target_properties(dio::dio PROPERTIES
  IMPORTED_LOCATION ${dio_stage}/${dio_so_versioned}
  IMPORTED_SONAME ${dio_so_abi}
  INTERFACE_INCLUDE_DIRECTORIES ${CMAKE_CURRENT_SOURCE_DIR}/include)
