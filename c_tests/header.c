/* Compiled as C and as C++: everything of dio.h that a program initializes or includes twice. */
#include <dio.h>
#include <dio.h>

int main(void)
{
    DIO_ReadOptions read_options = DIO_READ_OPTIONS_INIT;
    DIO_SaveOptions save_options = DIO_SAVE_OPTIONS_INIT;
    DIO_PdfOptions pdf_options = DIO_PDF_OPTIONS_INIT;

    save_options.pdf = &pdf_options;
    return pdf_options.struct_size == sizeof pdf_options && read_options.struct_size == sizeof read_options &&
                   save_options.struct_size == sizeof save_options
               ? 0
               : 1;
}
