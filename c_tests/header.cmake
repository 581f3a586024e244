# dio.h compiles without a warning in every language that may include it.

enable_language(CXX)

foreach(standard IN ITEMS c99 c11 c++11 c++20)
  set(compiler ${CMAKE_C_COMPILER})
  set(language c)
  if(standard MATCHES "\\+\\+")
    set(compiler ${CMAKE_CXX_COMPILER})
    set(language c++)
  endif()
  add_test(NAME header/${standard} COMMAND ${compiler}
    -x ${language} -std=${standard} ${DIO_C_WARNINGS} -I ${PROJECT_SOURCE_DIR}/include
    -c ${CMAKE_CURRENT_SOURCE_DIR}/header.c -o ${CMAKE_CURRENT_BINARY_DIR}/header-${standard}.o)
endforeach()
