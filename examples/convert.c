/* convert IN OUT: reads the first page of any image or document and saves it as what OUT's extension says. */
#include <dio.h>

#include <stdio.h>

static int failed(void)
{
    fprintf(stderr, "convert: %s\n", DIO_GetLastErrorMessage());
    return 1;
}

int main(int argc, char **argv)
{
    DIO_ImageData *image = NULL;
    double dpi_x, dpi_y;
    DIO_ErrorCode code;

    if (argc != 3) {
        fprintf(stderr, "usage: convert IN OUT\n");
        return 2;
    }
    if (DIO_ReadFromFile(argv[1], &image) != DIO_EC_OK)
        return failed();

    DIO_ImageDataGetResolution(image, &dpi_x, &dpi_y);
    printf("%s: page %u of %u, %u x %u pixels, %.0f x %.0f dpi\n", argv[1],
           (unsigned)DIO_ImageDataGetPageNumber(image) + 1, (unsigned)DIO_ImageDataGetTotalPages(image),
           (unsigned)DIO_ImageDataGetWidth(image), (unsigned)DIO_ImageDataGetHeight(image), dpi_x, dpi_y);

    code = DIO_SaveToFile(image, argv[2], 1);
    DIO_FreeImageData(image);
    return code == DIO_EC_OK ? 0 : failed();
}
