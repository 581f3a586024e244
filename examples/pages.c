/* pages DIR FILE...: tells what each page of the files is, and saves it as a PNG in DIR. */
#include <dio.h>

#include <stdio.h>
#include <string.h>

static int failed(void)
{
    fprintf(stderr, "pages: %s\n", DIO_GetLastErrorMessage());
    return 1;
}

static const char *pixel_format_name(DIO_ImagePixelFormat format)
{
    switch (format) {
    case DIO_IPF_BINARY: return "BINARY";
    case DIO_IPF_GRAYSCALED: return "GRAYSCALED";
    case DIO_IPF_RGB_888: return "RGB_888";
    case DIO_IPF_ARGB_8888: return "ARGB_8888";
    case DIO_IPF_GRAY_16: return "GRAY_16";
    case DIO_IPF_RGB_161616: return "RGB_161616";
    case DIO_IPF_ARGB_16161616: return "ARGB_16161616";
    default: return "another";
    }
}

static int show_page(DIO_Reader *reader, size_t page, size_t pages, const char *name, const char *folder)
{
    DIO_FormatInfo format = {0};
    DIO_ImageInfo info = {0};
    DIO_ImageData *image = NULL;
    DIO_ErrorCode code;
    char dpi[32] = "no dpi stated", out[4096];

    format.struct_size = sizeof format;
    info.struct_size = sizeof info;
    if (DIO_ReaderGetPageInfo(reader, page, &info) != DIO_EC_OK
        || DIO_QueryFormat(info.file_format, &format) != DIO_EC_OK)
        return failed();
    if (info.dpi_x > 0 && info.dpi_y > 0)
        snprintf(dpi, sizeof dpi, "%.0f x %.0f dpi", info.dpi_x, info.dpi_y);
    printf("%-12s %-4s page %u of %u  %4u x %-4u  %-10s  %-13s  %d degrees\n", name, format.name,
           (unsigned)page + 1, (unsigned)pages, (unsigned)info.width, (unsigned)info.height,
           pixel_format_name(info.pixel_format), dpi, (int)info.orientation);

    if (DIO_ReaderReadPage(reader, page, &image) != DIO_EC_OK)
        return failed();
    snprintf(out, sizeof out, "%s/%s-%u.png", folder, name, (unsigned)page + 1);
    code = DIO_SaveToFile(image, out, 1);
    DIO_FreeImageData(image);
    return code == DIO_EC_OK ? 0 : failed();
}

static int show_file(const char *path, const char *folder)
{
    const char *slash = strrchr(path, '/');
    DIO_Reader *reader = NULL;
    size_t page, pages = 0;
    int status = 0;

    if (DIO_ReaderOpenFile(path, NULL, &reader) != DIO_EC_OK)
        return failed();
    if (DIO_ReaderGetPageCount(reader, &pages) != DIO_EC_OK)
        status = failed();
    for (page = 0; page < pages && status == 0; page++)
        status = show_page(reader, page, pages, slash ? slash + 1 : path, folder);
    DIO_FreeReader(reader);
    return status;
}

int main(int argc, char **argv)
{
    int status = 0;

    if (argc < 3) {
        fprintf(stderr, "usage: pages DIR FILE...\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        status |= show_file(argv[i], argv[1]);
    return status;
}
