/* Everything on a thread with a stack of 256 KiB, also what is nested as deep as a file can be. */
#include "folder.h"
#include "support.h"

#include <pthread.h>

#define STACK ((size_t)256 << 10)

static const char *data;

static void read_samples(void)
{
    static const char *const names[] = { "colours.bmp", "colours.png", "frames.gif", "frames.webp",
                                         "lossy.webp",  "pages.pdf",   "pages.tif" };
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++) {
        DIO_Reader *reader = NULL;
        size_t count = 0;
        OK(DIO_ReaderOpenFile(in_folder(data, names[at]), NULL, &reader));
        OK(DIO_ReaderGetPageCount(reader, &count));
        for (size_t page = 0; page < count; page++) {
            DIO_ImageData *image = NULL;
            OK(DIO_ReaderReadPage(reader, page, &image));
            DIO_FreeImageData(image);
        }
        DIO_FreeReader(reader);
    }
}

/* Every format in every pixel format that it takes, saved and read. */
static void save_and_read(void)
{
    for (DIO_ImageFileFormat format = 0; format < 300; format++) {
        DIO_FormatInfo info = { sizeof info, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", "", "" };
        if (DIO_QueryFormat(format, &info) != DIO_EC_OK || !info.can_write)
            continue;
        for (DIO_ImagePixelFormat pixels = 0; pixels <= DIO_IPF_BINARY_8_INVERTED; pixels++) {
            DIO_ImageData *image = make_image(200, 150, pixels), *back = NULL;
            uint8_t *bytes = NULL;
            size_t size = 0;
            OK(DIO_SaveToMemory(image, format, &bytes, &size));
            OK(DIO_ReadFromMemory(bytes, size, &back));
            DIO_FreeImageData(back);
            DIO_FreeImageData(image);
            DIO_FreeBytes(bytes);
        }
    }
}

/* A PDF whose page holds `depth` of `open`. */
static void nested_pdf(const char *open, const char *close, size_t depth)
{
    size_t most = depth * (strlen(open) + strlen(close)) + 500, len;
    char *pdf = malloc(most);
    DIO_ImageData *image = NULL;
    CHECK(pdf != NULL);
    len = (size_t)snprintf(pdf, most, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                                      "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                                      "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]/Nested ");
    for (size_t at = 0; at < depth; at++, len += strlen(open))
        memcpy(pdf + len, open, strlen(open));
    for (size_t at = 0; at < depth; at++, len += strlen(close))
        memcpy(pdf + len, close, strlen(close));
    len += (size_t)snprintf(pdf + len, most - len, ">>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n");
    /* Any code will do: the process goes on. */
    if (DIO_ReadFromMemory((const uint8_t *)pdf, len, &image) == DIO_EC_OK)
        DIO_FreeImageData(image);
    free(pdf);
}

/* A TIFF whose directories lead to each other, as pages, as directories below and as EXIF. */
static void nested_tiff(uint16_t tag)
{
    enum { COUNT = 4000, ENTRY = 2 + 3 * 12 + 4 };
    size_t size = 8 + (size_t)COUNT * ENTRY;
    uint8_t *tiff = calloc(1, size);
    DIO_ImageData *image = NULL;
    CHECK(tiff != NULL);
    memcpy(tiff, "II*\0\x08\0\0\0", 8);
    for (uint32_t at = 0; at < COUNT; at++) {
        uint8_t *entry = tiff + 8 + (size_t)at * ENTRY;
        uint32_t next = at + 1 < COUNT ? 8 + (at + 1) * ENTRY : 8;
        const uint32_t fields[3][2] = { { 256, 4 }, { 257, 4 }, { tag, next } };
        *entry = 3;
        entry += 2;
        for (int field = 0; field < 3; field++, entry += 12) {
            entry[0] = (uint8_t)fields[field][0], entry[1] = (uint8_t)(fields[field][0] >> 8), entry[2] = 4, entry[4] = 1;
            for (int byte = 0; byte < 4; byte++)
                entry[8 + byte] = (uint8_t)(fields[field][1] >> 8 * byte);
        }
        for (int byte = 0; byte < 4; byte++)
            entry[byte] = (uint8_t)(next >> 8 * byte);
    }
    if (DIO_ReadFromMemory(tiff, size, &image) == DIO_EC_OK)
        DIO_FreeImageData(image);
    free(tiff);
}

static void *work(void *unused)
{
    (void)unused;
    read_samples();
    save_and_read();
    nested_pdf("[", "]", 100000);
    nested_pdf("<</A", ">>", 100000);
    nested_tiff(330);   /* SubIFDs */
    nested_tiff(34665); /* EXIF */
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_attr_t small;
    pthread_t thread;
    data = data_folder(argc, argv);
    CHECK(pthread_attr_init(&small) == 0);
    CHECK(pthread_attr_setstacksize(&small, STACK) == 0);
    CHECK(pthread_create(&thread, &small, work, NULL) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    return EXIT_SUCCESS;
}
