/*
 * Makes a picture, saves it, and reads what was saved, or as much of this as it is told, for callgrind to count the
 * instructions: `instructions CASE nothing|save|read`. Without arguments it prints the names of the cases.
 */
#include <dio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pictures.h"

typedef struct {
    const char *name;
    uint32_t width, height;
    int document;
    DIO_ImagePixelFormat pixels;
    DIO_ImageFileFormat format;
    int32_t compression;
    int32_t optimize;
    DIO_ImagePixelFormat wanted;
    int drawn;
} Case;

static const Case CASES[] = {
    {"jpeg", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_JPEG, 0, 0, DIO_IPF_AS_STORED, 0},
    {"jpeg-optimized", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_JPEG, 0, 1, DIO_IPF_BGR_888, 0},
    {"jpeg-gray", 800, 600, 1, DIO_IPF_GRAYSCALED, DIO_IFF_JPEG, 0, 0, DIO_IPF_AS_STORED, 0},
    {"jpeg-64x64", 64, 64, 0, DIO_IPF_RGB_888, DIO_IFF_JPEG, 0, 0, DIO_IPF_AS_STORED, 0},
    {"png", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_PNG, 0, 0, DIO_IPF_AS_STORED, 0},
    {"png-gray", 800, 600, 1, DIO_IPF_GRAYSCALED, DIO_IFF_PNG, 0, 0, DIO_IPF_RGB_888, 0},
    {"png-64x64", 64, 64, 0, DIO_IPF_RGB_888, DIO_IFF_PNG, 0, 0, DIO_IPF_AS_STORED, 0},
    {"bmp", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_BMP, 0, 0, DIO_IPF_AS_STORED, 0},
    {"gif", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_GIF, 0, 0, DIO_IPF_AS_STORED, 0},
    {"qoi", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_QOI, 0, 0, DIO_IPF_AS_STORED, 0},
    {"tiff-none", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_TIFF, DIO_COMPRESSION_NONE, 0, DIO_IPF_GRAYSCALED, 0},
    {"tiff-lzw", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_TIFF, DIO_COMPRESSION_LZW, 0, DIO_IPF_AS_STORED, 0},
    {"tiff-deflate", 800, 600, 0, DIO_IPF_RGB_888, DIO_IFF_TIFF, DIO_COMPRESSION_DEFLATE, 0, DIO_IPF_AS_STORED, 0},
    {"tiff-packbits", 800, 600, 1, DIO_IPF_GRAYSCALED, DIO_IFF_TIFF, DIO_COMPRESSION_PACKBITS, 0, DIO_IPF_AS_STORED, 0},
    {"tiff-g4", 1600, 1200, 1, DIO_IPF_BINARY, DIO_IFF_TIFF, DIO_COMPRESSION_G4, 0, DIO_IPF_AS_STORED, 0},
    {"tiff-g4-gray", 1600, 1200, 1, DIO_IPF_BINARY, DIO_IFF_TIFF, DIO_COMPRESSION_G4, 0, DIO_IPF_GRAYSCALED, 0},
    {"pdf-scan", 800, 600, 1, DIO_IPF_GRAYSCALED, DIO_IFF_PDF, 0, 0, DIO_IPF_AS_STORED, 0},
    {"pdf-drawn", 800, 600, 1, DIO_IPF_GRAYSCALED, DIO_IFF_PDF, 0, 0, DIO_IPF_RGB_888, 1},
};

static void check(DIO_ErrorCode code)
{
    if (code != DIO_EC_OK) {
        fprintf(stderr, "%s\n", DIO_GetLastErrorMessage());
        exit(1);
    }
}

static void saved(const Case *c, const DIO_ImageData *image, uint8_t **bytes, size_t *size)
{
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    options.compression = c->compression;
    options.optimize = c->optimize;
    check(DIO_SaveToMemoryWithOptions(image, c->format, &options, bytes, size));
}

static void read_back(const Case *c, const uint8_t *bytes, size_t size, DIO_ImageData **image)
{
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    options.pixel_format = c->wanted;
    if (c->drawn) {
        options.pdf_mode = DIO_PDF_RENDER;
        options.dpi = 100;
    }
    check(DIO_ReadFromMemoryWithOptions(bytes, size, &options, image));
}

static DIO_ImageData *picture(const Case *c)
{
    int samples = c->pixels == DIO_IPF_RGB_888 ? 3 : 1;
    DIO_PixelLayout layout = {0};
    DIO_ImageData *image = NULL, *bilevel = NULL;
    layout.struct_size = sizeof layout;
    layout.width = c->width;
    layout.height = c->height;
    layout.stride = (size_t)c->width * (size_t)samples;
    layout.size = layout.stride * c->height;
    layout.format = samples == 3 ? DIO_IPF_RGB_888 : DIO_IPF_GRAYSCALED;
    uint8_t *pixels = malloc(layout.size);
    if (pixels == NULL)
        abort();
    (c->document ? document : photo)(c->width, c->height, samples, pixels);
    check(DIO_ReadFromPixels(pixels, &layout, &image));
    free(pixels);
    if (c->pixels != DIO_IPF_BINARY)
        return image;
    check(DIO_ImageDataBinarize(image, NULL, &bilevel));
    DIO_FreeImageData(image);
    return bilevel;
}

static int run(const Case *c, const char *what)
{
    DIO_ImageData *image = picture(c), *back = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (strcmp(what, "nothing") != 0)
        saved(c, image, &bytes, &size);
    if (strcmp(what, "read") == 0)
        read_back(c, bytes, size, &back);
    DIO_FreeImageData(back);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
    return 0;
}

int main(int argc, char **argv)
{
    size_t count = sizeof CASES / sizeof *CASES;
    for (size_t n = 0; n < count; n++)
        if (argc < 3)
            puts(CASES[n].name);
        else if (strcmp(argv[1], CASES[n].name) == 0)
            return run(&CASES[n], argv[2]);
    return argc < 3 ? 0 : 2;
}
