/* How soon a call ends after its deadline, or after it was asked to: within 100 ms, for every format but PDF, whose engine
   does not stop within a page. Time is that of the processor, so that a machine with other work fails no test; and a slower
   machine has more of it. */
#include "folder.h"
#include "support.h"

#include <time.h>

enum { SIDE = 4000, AFTER_MS = 20, WITHIN_MS = 100 };

static const struct {
    const char *name;
    DIO_ImageFileFormat format;
    DIO_Compression compression;
    int32_t palette;
} all[] = { { "JPEG", DIO_IFF_JPEG, 0, 0 },
            { "PNG", DIO_IFF_PNG, 0, 0 },
            { "BMP", DIO_IFF_BMP, 0, 0 },
            { "GIF", DIO_IFF_GIF, 0, 0 },
            { "PNM", DIO_IFF_PNM, 0, 0 },
            { "TGA", DIO_IFF_TGA, 0, 0 },
            { "QOI", DIO_IFF_QOI, 0, 0 },
            { "TIFF, none", DIO_IFF_TIFF, DIO_COMPRESSION_NONE, 0 },
            { "TIFF, LZW", DIO_IFF_TIFF, DIO_COMPRESSION_LZW, 0 },
            { "TIFF, Deflate", DIO_IFF_TIFF, DIO_COMPRESSION_DEFLATE, 0 },
            { "TIFF, JPEG", DIO_IFF_TIFF, DIO_COMPRESSION_JPEG, 0 },
            { "TIFF, Zstandard", DIO_IFF_TIFF, DIO_COMPRESSION_ZSTD, 0 },
            { "TIFF, G4", DIO_IFF_TIFF, DIO_COMPRESSION_G4, 0 },
            { "PDF", DIO_IFF_PDF, 0, 0 } };

static double milliseconds(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

static double stop_at;

static int32_t stop(void *user, uint64_t done, uint64_t total)
{
    (void)user;
    (void)done;
    (void)total;
    return milliseconds() >= stop_at;
}

static int failures;

/* Milliseconds that the work of `noise_of` takes on the machine that the bound was set on. */
#define NOISE_MS 85.0

/* How much slower this machine is. One that is much slower would show nothing. */
static double slowness = 1;

/* Whole numbers one after another: as good a measure of a processor as any, and without memory. */
static void noise_of(uint8_t *noise, size_t size)
{
    uint32_t state = 1;
    double begin = milliseconds();
    for (size_t at = 0; at < size; at++)
        noise[at] = (uint8_t)((state = state * 1103515245u + 12345u) >> 24 & 63) + (uint8_t)(at >> 16);
    slowness = (milliseconds() - begin) / NOISE_MS;
    slowness = slowness < 1 ? 1 : slowness > 3 ? 3 : slowness;
    if (getenv("DIO_LONG") != NULL)
        printf("noise in %.0f ms: bounds times %.1f\n", milliseconds() - begin, slowness);
}

/* A call that was over before it could be stopped shows nothing. */
static void late(const char *what, const char *name, DIO_ErrorCode wanted, DIO_ErrorCode code, double took)
{
    int slow = strcmp(name, "PDF") == 0;
    int over = took > AFTER_MS + (slow ? 10 : slowness) * WITHIN_MS;
    if (getenv("DIO_LONG") != NULL)
        printf("%-7s %-16s code %6d after %5.0f ms\n", what, name, (int)code, took);
    if ((code != wanted && code != DIO_EC_OK) || over) {
        fprintf(stderr, "%s %s: code %d after %.0f ms\n", what, name, (int)code, took);
        failures++;
    }
}

int main(void)
{
    size_t size = (size_t)SIDE * SIDE * 3;
    uint8_t *noise = malloc(size);
    DIO_ImageData *image = NULL;
    DIO_PixelLayout layout = { sizeof layout, SIDE, SIDE, DIO_IPF_BGR_888, 0, 0, (size_t)SIDE * 3, size };
    CHECK(noise != NULL);
    memset(noise, 0, size);
    noise_of(noise, size);
    OK(DIO_ReadFromPixels(noise, &layout, &image));
    free(noise);
    OK(DIO_ImageDataSetResolution(image, 400, 400));
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        DIO_SaveOptions save = DIO_SAVE_OPTIONS_INIT, stopped = DIO_SAVE_OPTIONS_INIT;
        DIO_ReadOptions soon = DIO_READ_OPTIONS_INIT, asked = DIO_READ_OPTIONS_INIT;
        DIO_ImageData *back = NULL;
        uint8_t *bytes = NULL;
        double begin;
        save.compression = stopped.compression = all[at].compression;
        save.level = stopped.level = 1;
        stopped.progress = asked.progress = stop;
        begin = milliseconds();
        stop_at = begin + AFTER_MS;
        DIO_ErrorCode code = DIO_SaveToMemoryWithOptions(image, all[at].format, &stopped, &bytes, &size);
        late("save", all[at].name, DIO_EC_CANCELLED, code, code == DIO_EC_OK ? 0 : milliseconds() - begin);
        DIO_FreeBytes(bytes);
        OK(DIO_SaveToMemoryWithOptions(image, all[at].format, &save, &bytes, &size));
        soon.deadline_ms = AFTER_MS;
        soon.dpi = 400;
        begin = milliseconds();
        code = DIO_ReadFromMemoryWithOptions(bytes, size, &soon, &back);
        late("read", all[at].name, DIO_EC_TIMEOUT, code, milliseconds() - begin);
        DIO_FreeImageData(back);
        back = NULL;
        asked.dpi = 400;
        begin = milliseconds();
        stop_at = begin + AFTER_MS;
        code = DIO_ReadFromMemoryWithOptions(bytes, size, &asked, &back);
        late("cancel", all[at].name, DIO_EC_CANCELLED, code, milliseconds() - begin);
        DIO_FreeImageData(back);
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
    CHECK(failures == 0);
    return EXIT_SUCCESS;
}
