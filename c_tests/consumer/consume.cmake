# Run with cmake -P: compiles SOURCE against an installed copy with nothing but the compiler CC and its FLAGS, and runs it.

if(WAY STREQUAL "pkg_config")
  set(ENV{PKG_CONFIG_PATH} ${LIB}/pkgconfig)
  execute_process(COMMAND ${PKG_CONFIG} --cflags --libs dio
                  OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
else()
  set(flags -I${INCLUDE} -L${LIB} -ldio)
endif()

execute_process(COMMAND ${CC} ${FLAGS} -Wall -Wextra -Wpedantic -Werror ${SOURCE} -o ${PROGRAM} ${flags} -Wl,-rpath,${LIB}
                COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PROGRAM} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
