/* Compiled as C and as C++: everything of dio.h that a program initializes or includes twice. */
#include <dio.h>
#include <dio.h>

int main(void)
{
    DIO_ReadOptions read_options = DIO_READ_OPTIONS_INIT;
    DIO_SaveOptions save_options = DIO_SAVE_OPTIONS_INIT;

    return read_options.struct_size == sizeof read_options && save_options.struct_size == sizeof save_options ? 0 : 1;
}
