/* Uses the library as other languages do: the header for its types only, everything else by name.
   Arguments: the library. */
#include <dio.h>

#include <dlfcn.h>
#include <string.h>

#include "check.h"

static void *lookup(void *library, const char *name)
{
    void *symbol = dlsym(library, name);
    CHECK(symbol != NULL);
    return symbol;
}

/* ISO C has no cast from an object pointer to a function pointer. */
#define FUNCTION(type, variable, name)                     \
    type variable;                                         \
    do {                                                   \
        void *found_ = lookup(library, name);              \
        memcpy(&variable, &found_, sizeof variable);       \
    } while (0)

static void save_and_read(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CHECK(library != NULL);
    FUNCTION(DIO_ErrorCode (*)(const void *, const DIO_PixelLayout *, DIO_ImageData **), from_pixels, "DIO_ReadFromPixels");
    FUNCTION(DIO_ErrorCode (*)(const DIO_ImageData *, DIO_ImageFileFormat, uint8_t **, size_t *), save, "DIO_SaveToMemory");
    FUNCTION(DIO_ErrorCode (*)(const uint8_t *, size_t, DIO_ImageData **), read, "DIO_ReadFromMemory");
    FUNCTION(const uint8_t *(*)(const DIO_ImageData *), bytes_of, "DIO_ImageDataGetBytes");
    FUNCTION(void (*)(DIO_ImageData *), free_image, "DIO_FreeImageData");
    FUNCTION(void (*)(void *), free_bytes, "DIO_FreeBytes");
    FUNCTION(const char *(*)(void), message, "DIO_GetLastErrorMessage");

    uint8_t pixels[4] = { 10, 20, 30, 40 }, *bytes = NULL;
    DIO_PixelLayout layout = { sizeof layout, 2, 2, DIO_IPF_GRAYSCALED, 0, 0, 2, 4 };
    DIO_ImageData *image = NULL, *back = NULL;
    size_t size = 0;
    CHECK(from_pixels(pixels, &layout, &image) == DIO_EC_OK);
    CHECK(save(image, DIO_IFF_PNG, &bytes, &size) == DIO_EC_OK);
    CHECK(read(bytes, size, &back) == DIO_EC_OK);
    CHECK(memcmp(bytes_of(back), pixels, 4) == 0);
    CHECK(read(bytes, 3, &image) == DIO_EC_FILE_TYPE_NOT_SUPPORTED);
    CHECK(strlen(message()) > 0);
    free_bytes(bytes);
    free_image(image);
    free_image(back);
    CHECK(dlclose(library) == 0);
}

int main(int argc, char **argv)
{
    CHECK(argc > 1);
    for (int round = 0; round < 50; round++)
        save_and_read(argv[1]);
    return EXIT_SUCCESS;
}
