/* Different handles in different threads, one const image in many, and a message for each thread. */
#include "support.h"

#include <pthread.h>

#define THREADS 8

/* Rounds of each thread: DIO_ROUNDS, or few. */
static int rounds = 20;

static const DIO_ImageFileFormat formats[] = { DIO_IFF_JPEG, DIO_IFF_PNG, DIO_IFF_BMP, DIO_IFF_GIF,
                                               DIO_IFF_TIFF, DIO_IFF_PDF, DIO_IFF_QOI, DIO_IFF_TGA };
static DIO_ImageData *shared;
static uint8_t *files[THREADS];
static size_t sizes[THREADS];
static DIO_ImageData *alone[THREADS];

static void *work(void *argument)
{
    int number = *(int *)argument;
    char name[32];
    snprintf(name, sizeof name, "no-such-file-%d.png", number);
    for (int round = 0; round < rounds; round++) {
        DIO_ImageData *read = NULL, *converted = NULL, *none = NULL;
        uint8_t *saved = NULL;
        size_t size = 0;
        CHECK(DIO_ReadFromFile(name, &none) == DIO_EC_FILE_NOT_FOUND);
        OK(DIO_ReadFromMemory(files[number], sizes[number], &read));
        CHECK(same_pixels(read, alone[number]));
        OK(DIO_SaveToMemory(shared, formats[number], &saved, &size));
        CHECK(size == sizes[number] && memcmp(saved, files[number], size) == 0);
        OK(DIO_ImageDataConvert(shared, number, &converted));
        CHECK(strstr(DIO_GetLastErrorMessage(), name) != NULL);
        DIO_FreeBytes(saved);
        DIO_FreeImageData(read);
        DIO_FreeImageData(converted);
    }
    return NULL;
}

/* What a reader and its clones read, each in its thread. */
static DIO_ImageData *pages[2];

static void *read_clone(void *argument)
{
    DIO_Reader *reader = argument;
    for (int round = 0; round < rounds / 4; round++)
        for (size_t page = 0; page < 2; page++) {
            DIO_ImageData *read = NULL;
            OK(DIO_ReaderReadPage(reader, page, &read));
            CHECK(same_pixels(read, pages[page]));
            DIO_FreeImageData(read);
        }
    DIO_FreeReader(reader);
    return NULL;
}

static void clones_read_side_by_side(const char *data)
{
    static const char *const names[] = { "pages.pdf", "pages.tif" };
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++) {
        pthread_t threads[3];
        DIO_Reader *reader = NULL, *none = NULL;
        DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
        options.dpi = 100;
        OK(DIO_ReaderOpenFile(in_folder(data, names[at]), &options, &reader));
        for (size_t page = 0; page < 2; page++)
            OK(DIO_ReaderReadPage(reader, page, &pages[page]));
        for (size_t clone = 0; clone < 3; clone++) {
            DIO_Reader *cloned = NULL;
            OK(DIO_ReaderClone(reader, &cloned));
            CHECK(pthread_create(&threads[clone], NULL, read_clone, cloned) == 0);
        }
        FAILS(DIO_EC_NULL_POINTER, "`reader`", DIO_ReaderClone(NULL, &none));
        FAILS(DIO_EC_NULL_POINTER, "`clone`", DIO_ReaderClone(reader, NULL));
        DIO_FreeReader(reader);
        for (size_t clone = 0; clone < 3; clone++)
            CHECK(pthread_join(threads[clone], NULL) == 0);
        for (size_t page = 0; page < 2; page++)
            DIO_FreeImageData(pages[page]);
    }
}

int main(int argc, char **argv)
{
    clones_read_side_by_side(data_folder(argc, argv));
    pthread_t threads[THREADS];
    int numbers[THREADS];
    if (getenv("DIO_ROUNDS") != NULL)
        rounds = atoi(getenv("DIO_ROUNDS"));
    shared = make_colour(60, 50);
    OK(DIO_ImageDataSetResolution(shared, 300, 300));
    for (int at = 0; at < THREADS; at++) {
        OK(DIO_SaveToMemory(shared, formats[at], &files[at], &sizes[at]));
        OK(DIO_ReadFromMemory(files[at], sizes[at], &alone[at]));
    }
    for (int at = 0; at < THREADS; at++) {
        numbers[at] = at;
        CHECK(pthread_create(&threads[at], NULL, work, &numbers[at]) == 0);
    }
    for (int at = 0; at < THREADS; at++)
        CHECK(pthread_join(threads[at], NULL) == 0);
    for (int at = 0; at < THREADS; at++) {
        DIO_FreeBytes(files[at]);
        DIO_FreeImageData(alone[at]);
    }
    DIO_FreeImageData(shared);
    return EXIT_SUCCESS;
}
