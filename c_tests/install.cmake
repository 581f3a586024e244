# An installed copy is found by CMake, by pkg-config and by hand. It lies elsewhere than it was configured for.

find_program(DIO_PKG_CONFIG NAMES pkg-config pkgconf REQUIRED)

set(prefix ${CMAKE_CURRENT_BINARY_DIR}/prefix)
set(consumer ${CMAKE_CURRENT_SOURCE_DIR}/consumer)

add_test(NAME install/stage
  COMMAND ${CMAKE_COMMAND} --install ${PROJECT_BINARY_DIR} --prefix ${prefix})

add_test(NAME install/find_package COMMAND ${CMAKE_CTEST_COMMAND}
  --build-and-test ${consumer} ${CMAKE_CURRENT_BINARY_DIR}/consumer
  --build-generator ${CMAKE_GENERATOR}
  --build-makeprogram ${CMAKE_MAKE_PROGRAM}
  --build-options -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_C_COMPILER=${CMAKE_C_COMPILER}
                  -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}
                  -DDIO_WANTED=${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                  -DDIO_STATIC=${DIO_INSTALL_STATIC}
  --test-command ${CMAKE_CTEST_COMMAND} --output-on-failure --no-tests=error)

function(dio_consume name way compiler source flags)
  add_test(NAME install/${name} COMMAND ${CMAKE_COMMAND}
    -D WAY=${way} -D CC=${compiler} -D FLAGS=${flags} -D PKG_CONFIG=${DIO_PKG_CONFIG}
    -D INCLUDE=${prefix}/${CMAKE_INSTALL_INCLUDEDIR} -D LIB=${prefix}/${CMAKE_INSTALL_LIBDIR}
    -D SOURCE=${consumer}/${source} -D PROGRAM=${CMAKE_CURRENT_BINARY_DIR}/consumer_${name}
    -P ${consumer}/consume.cmake)
  set_tests_properties(install/${name} PROPERTIES FIXTURES_REQUIRED staged)
endfunction()

foreach(way IN ITEMS pkg_config plain_cc)
  dio_consume(${way} ${way} ${CMAKE_C_COMPILER} main.c "")
  dio_consume(cpp_${way} ${way} ${CMAKE_CXX_COMPILER} main.cpp -std=c++17)
endforeach()

set_tests_properties(install/stage PROPERTIES FIXTURES_SETUP staged)
set_tests_properties(install/find_package PROPERTIES FIXTURES_REQUIRED staged)
