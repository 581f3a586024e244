# How C and C++ programs of the tests and examples are compiled and run.

enable_language(CXX)

set(DIO_C_WARNINGS -Wall -Wextra -Wpedantic -Werror)
set(DIO_C_SANITIZERS -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
set(DIO_TEST_DATA ${PROJECT_SOURCE_DIR}/tests/data)

# Compiles `target` as C99 or C++17 without warnings, those of the headers included, sanitized where asked.
function(dio_test_program target)
  set_target_properties(${target} PROPERTIES
    C_STANDARD 99 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
    CXX_STANDARD 17 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    NO_SYSTEM_FROM_IMPORTED ON)
  target_compile_options(${target} PRIVATE ${DIO_C_WARNINGS})
  if(DIO_SANITIZE)
    target_compile_options(${target} PRIVATE ${DIO_C_SANITIZERS})
    target_link_options(${target} PRIVATE ${DIO_C_SANITIZERS})
  endif()
endfunction()

# Runs a program as the test `name`, in an empty folder of its own.
function(dio_add_test name target)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/run/${name})
  file(REMOVE_RECURSE ${folder})
  file(MAKE_DIRECTORY ${folder})
  add_test(NAME ${name} COMMAND ${target} ${ARGN} WORKING_DIRECTORY ${folder})
  # The library asks for memory that it may not get, and says so; leaks are failures.
  set_tests_properties(${name} PROPERTIES ENVIRONMENT
    "ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1;UBSAN_OPTIONS=print_stacktrace=1")
endfunction()
