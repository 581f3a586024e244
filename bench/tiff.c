/*
 * Reads and writes TIFFs with libdio and libtiff, in one process, in turns, on one thread, and prints how many times as
 * fast libdio is. Files are made here, the same each time; both libraries read from memory into fresh memory.
 */
#include <dio.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tiffio.h>

enum { ROUNDS = 15 };

typedef struct {
    uint8_t *bytes;
    size_t size;
    size_t room;
    size_t at;
} Memory;

typedef struct {
    const char *name;
    uint32_t width, height;
    int bits, samples;
    int compression, predictor, fax, tiled;
    /* Of a strip; 0: 64, or all where they are of bits. */
    uint32_t rows;
} Case;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, DIO_GetLastErrorMessage());
    exit(1);
}

/* libtiff's view of memory. */

static tmsize_t memory_read(thandle_t handle, void *to, tmsize_t n)
{
    Memory *m = handle;
    size_t left = m->at < m->size ? m->size - m->at : 0;
    if ((size_t)n > left)
        n = (tmsize_t)left;
    memcpy(to, m->bytes + m->at, (size_t)n);
    m->at += (size_t)n;
    return n;
}

static tmsize_t memory_write(thandle_t handle, void *from, tmsize_t n)
{
    Memory *m = handle;
    size_t end = m->at + (size_t)n;
    if (end > m->room) {
        m->room = end * 2;
        m->bytes = realloc(m->bytes, m->room);
        if (m->bytes == NULL)
            abort();
    }
    if (m->at > m->size)
        memset(m->bytes + m->size, 0, m->at - m->size);
    memcpy(m->bytes + m->at, from, (size_t)n);
    m->at = end;
    if (end > m->size)
        m->size = end;
    return n;
}

static toff_t memory_seek(thandle_t handle, toff_t offset, int whence)
{
    Memory *m = handle;
    m->at = (size_t)offset + (whence == SEEK_CUR ? m->at : whence == SEEK_END ? m->size : 0);
    return m->at;
}

static int memory_close(thandle_t handle)
{
    (void)handle;
    return 0;
}

static toff_t memory_size(thandle_t handle)
{
    return ((Memory *)handle)->size;
}

static TIFF *open_memory(Memory *m, const char *mode)
{
    m->at = 0;
    TIFF *tiff = TIFFClientOpen("memory", mode, m, memory_read, memory_write, memory_seek, memory_close, memory_size,
                                NULL, NULL);
    if (tiff == NULL)
        fail("libtiff");
    return tiff;
}

/* Pixels: light and shade with grain, or lines of something like text. */

static uint32_t state;

static uint32_t noise(void)
{
    state = state * 1664525u + 1013904223u;
    return state >> 16;
}

static uint8_t *photo(const Case *c)
{
    size_t line = (size_t)c->width * (size_t)c->samples;
    uint8_t *pixels = malloc(line * c->height);
    state = 1;
    for (uint32_t y = 0; y < c->height; y++)
        for (uint32_t x = 0; x < c->width; x++)
            for (int s = 0; s < c->samples; s++) {
                int shade = (int)((x >> 4) + (y >> 3) * (uint32_t)(s + 1)) & 255;
                shade = shade > 127 ? 255 - shade : shade;
                int sky = (int)(y * 90 / c->height);
                pixels[y * line + x * (uint32_t)c->samples + (uint32_t)s] =
                    (uint8_t)(shade + sky + (int)(noise() % 5));
            }
    return pixels;
}

static uint8_t *document(const Case *c)
{
    size_t line = (c->width + 7) / 8;
    uint8_t *pixels = calloc(line, c->height);
    state = 2;
    for (uint32_t top = 100; top + 60 < c->height; top += 75)
        for (uint32_t left = 200; left + 60 < c->width - 200; left += 20 + noise() % 30) {
            uint32_t strokes = 2 + noise() % 4;
            while (strokes-- > 0) {
                uint32_t x = left + noise() % 24, y = top + noise() % 30;
                uint32_t w = noise() % 2 ? 5 : 22, h = w == 5 ? 30 : 5, slant = noise() % 3;
                for (uint32_t dy = 0; dy < h; dy++)
                    for (uint32_t dx = 0; dx < w; dx++) {
                        uint32_t at = x + dx + dy * slant / 4;
                        pixels[(y + dy) * line + at / 8] |= (uint8_t)(0x80 >> at % 8);
                    }
            }
        }
    return pixels;
}

/* libtiff. */

static uint32_t rows_of(const Case *c)
{
    return c->rows ? c->rows : c->bits == 1 ? c->height : 64;
}

static void set_fields(TIFF *tiff, const Case *c)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, c->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, c->height);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, c->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, c->samples);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, c->compression);
    int meaning = c->bits == 1 ? PHOTOMETRIC_MINISWHITE : c->samples == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    if (c->compression == COMPRESSION_JPEG && c->samples == 3) {
        meaning = PHOTOMETRIC_YCBCR;
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    }
    if (c->compression == COMPRESSION_JPEG)
        TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, 90);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, meaning);
    if (c->predictor)
        TIFFSetField(tiff, TIFFTAG_PREDICTOR, c->predictor);
    if (c->compression == COMPRESSION_CCITTFAX3)
        TIFFSetField(tiff, TIFFTAG_GROUP3OPTIONS, c->fax);
    if (c->tiled) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 256);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, 256);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows_of(c));
    }
}

static void write_libtiff(Memory *m, const Case *c, uint8_t *pixels)
{
    m->size = 0;
    TIFF *tiff = open_memory(m, "w");
    set_fields(tiff, c);
    size_t line = ((size_t)c->width * (size_t)c->samples * (size_t)c->bits + 7) / 8;
    if (c->tiled) {
        size_t tile_line = 256 * (size_t)c->samples;
        uint8_t *tile = calloc(tile_line, 256);
        for (uint32_t y = 0; y < c->height; y += 256)
            for (uint32_t x = 0; x < c->width; x += 256) {
                for (uint32_t dy = 0; dy < 256 && y + dy < c->height; dy++) {
                    size_t at = (size_t)x * (size_t)c->samples;
                    size_t n = line - at < tile_line ? line - at : tile_line;
                    memcpy(tile + dy * tile_line, pixels + (y + dy) * line + at, n);
                }
                TIFFWriteTile(tiff, tile, x, y, 0, 0);
            }
        free(tile);
    } else {
        uint32_t rows;
        TIFFGetField(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
        uint8_t *strip = malloc(line * rows);
        for (uint32_t y = 0; y < c->height; y += rows) {
            uint32_t n = c->height - y < rows ? c->height - y : rows;
            /* The encoder may change what it is given. */
            memcpy(strip, pixels + y * line, n * line);
            TIFFWriteEncodedStrip(tiff, y / rows, strip, (tmsize_t)(n * line));
        }
        free(strip);
    }
    TIFFClose(tiff);
}

static uint8_t *read_libtiff(Memory *m, const Case *c)
{
    TIFF *tiff = open_memory(m, "r");
    if (c->compression == COMPRESSION_JPEG)
        TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    size_t line = ((size_t)c->width * (size_t)c->samples * (size_t)c->bits + 7) / 8;
    uint8_t *pixels = malloc(line * c->height);
    if (c->tiled) {
        size_t tile_line = 256 * (size_t)c->samples;
        uint8_t *tile = malloc(tile_line * 256);
        for (uint32_t y = 0; y < c->height; y += 256)
            for (uint32_t x = 0; x < c->width; x += 256) {
                TIFFReadTile(tiff, tile, x, y, 0, 0);
                for (uint32_t dy = 0; dy < 256 && y + dy < c->height; dy++) {
                    size_t at = (size_t)x * (size_t)c->samples;
                    size_t n = line - at < tile_line ? line - at : tile_line;
                    memcpy(pixels + (y + dy) * line + at, tile + dy * tile_line, n);
                }
            }
        free(tile);
    } else {
        tmsize_t size = TIFFStripSize(tiff);
        for (uint32_t n = 0; n < TIFFNumberOfStrips(tiff); n++)
            if (TIFFReadEncodedStrip(tiff, n, pixels + (size_t)n * (size_t)size, size) < 0)
                fail("libtiff");
    }
    TIFFClose(tiff);
    return pixels;
}

/* libdio. */

static DIO_ImageData *read_libdio(const Memory *m, const Case *c, uint32_t threads)
{
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    options.pixel_format = c->bits == 1        ? DIO_IPF_BINARYINVERTED
                           : c->samples == 3 ? DIO_IPF_BGR_888
                                             : DIO_IPF_GRAYSCALED;
    options.threads = threads;
    DIO_ImageData *image = NULL;
    if (DIO_ReadFromMemoryWithOptions(m->bytes, m->size, &options, &image) != DIO_EC_OK)
        fail(c->name);
    return image;
}

static void write_libdio(const DIO_ImageData *image, const Case *c)
{
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    options.compression = c->compression == COMPRESSION_ADOBE_DEFLATE ? DIO_COMPRESSION_DEFLATE : c->compression;
    options.predictor = c->predictor == 2 ? DIO_PREDICTOR_HORIZONTAL : DIO_PREDICTOR_NONE;
    options.rows_per_strip = c->tiled ? 0 : rows_of(c);
    options.tile_width = options.tile_height = c->tiled ? 256 : 0;
    options.two_dimensional = c->fax & GROUP3OPT_2DENCODING ? 1 : 0;
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (DIO_SaveToMemoryWithOptions(image, DIO_IFF_TIFF, &options, &bytes, &size) != DIO_EC_OK)
        fail(c->name);
    DIO_FreeBytes(bytes);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Prints the median of the ratios and the middle half of them. */
static void tell(double *ratios)
{
    qsort(ratios, ROUNDS, sizeof *ratios, by_size);
    printf(" %6.2f (%.2f-%.2f)", ratios[ROUNDS / 2], ratios[ROUNDS / 4], ratios[ROUNDS - 1 - ROUNDS / 4]);
}

static void run(const Case *c)
{
    uint8_t *pixels = c->bits == 1 ? document(c) : photo(c);
    Memory file = {0};
    write_libtiff(&file, c, pixels);
    double reading[ROUNDS], threaded[ROUNDS], writing[ROUNDS];
    double ms = 0;
    size_t line = ((size_t)c->width * (size_t)c->samples * (size_t)c->bits + 7) / 8;
    int far = 0;
    for (int round = -1; round < ROUNDS; round++) {
        double t0 = now();
        uint8_t *theirs = read_libtiff(&file, c);
        double t1 = now();
        DIO_ImageData *one = read_libdio(&file, c, 0);
        double t2 = now();
        DIO_ImageData *two = read_libdio(&file, c, 2);
        double t3 = now();
        const uint8_t *ours = DIO_ImageDataGetBytes(one);
        if (memcmp(ours, DIO_ImageDataGetBytes(two), line * c->height) != 0)
            fail("threads give other pixels");
        if (c->compression != COMPRESSION_JPEG && memcmp(theirs, ours, line * c->height) != 0)
            fail("pixels differ");
        for (size_t at = 0; c->compression == COMPRESSION_JPEG && at < line * c->height; at++)
            far += abs(theirs[at] - ours[at]) > 3;
        Memory again = {0};
        double t4 = now();
        write_libtiff(&again, c, pixels);
        double t5 = now();
        write_libdio(one, c);
        double t6 = now();
        free(again.bytes);
        free(theirs);
        DIO_FreeImageData(one);
        DIO_FreeImageData(two);
        if (round < 0)
            continue;
        reading[round] = (t1 - t0) / (t2 - t1);
        threaded[round] = (t2 - t1) / (t3 - t2);
        writing[round] = (t5 - t4) / (t6 - t5);
        ms += (t2 - t1) * 1e3 / ROUNDS;
    }
    printf("%-26s %7.2f", c->name, ms);
    tell(reading);
    tell(threaded);
    tell(writing);
    printf(far ? "  %d samples differ by more than 3\n" : "\n", far);
    fflush(stdout);
    free(pixels);
    free(file.bytes);
}

int main(int argc, char **argv)
{
    const Case cases[] = {
        {"none", 4000, 3000, 8, 3, COMPRESSION_NONE, 0, 0, 0, 0},
        {"none, gray", 4000, 3000, 8, 1, COMPRESSION_NONE, 0, 0, 0, 0},
        {"LZW", 4000, 3000, 8, 3, COMPRESSION_LZW, 1, 0, 0, 0},
        {"LZW, predictor", 4000, 3000, 8, 3, COMPRESSION_LZW, 2, 0, 0, 0},
        {"LZW, predictor, gray", 4000, 3000, 8, 1, COMPRESSION_LZW, 2, 0, 0, 0},
        {"Deflate", 4000, 3000, 8, 3, COMPRESSION_ADOBE_DEFLATE, 1, 0, 0, 0},
        {"Deflate, predictor", 4000, 3000, 8, 3, COMPRESSION_ADOBE_DEFLATE, 2, 0, 0, 0},
        {"PackBits", 4000, 3000, 8, 3, COMPRESSION_PACKBITS, 0, 0, 0, 0},
        {"PackBits, 600 dpi", 4960, 7016, 1, 1, COMPRESSION_PACKBITS, 0, 0, 0, 0},
        {"JPEG", 4000, 3000, 8, 3, COMPRESSION_JPEG, 0, 0, 0, 0},
        {"JPEG, gray", 4000, 3000, 8, 1, COMPRESSION_JPEG, 0, 0, 0, 0},
        {"G3, 300 dpi", 2480, 3508, 1, 1, COMPRESSION_CCITTFAX3, 0, 0, 0, 0},
        {"G3 2-D, 300 dpi", 2480, 3508, 1, 1, COMPRESSION_CCITTFAX3, 0, GROUP3OPT_2DENCODING, 0, 0},
        {"G4, 300 dpi", 2480, 3508, 1, 1, COMPRESSION_CCITTFAX4, 0, 0, 0, 0},
        {"G4, 600 dpi", 4960, 7016, 1, 1, COMPRESSION_CCITTFAX4, 0, 0, 0, 0},
        {"none, tiles", 4000, 3000, 8, 3, COMPRESSION_NONE, 0, 0, 1, 0},
        {"LZW, tiles", 4000, 3000, 8, 3, COMPRESSION_LZW, 2, 0, 1, 0},
        {"Deflate, tiles", 4000, 3000, 8, 3, COMPRESSION_ADOBE_DEFLATE, 2, 0, 1, 0},
        {"JPEG, tiles", 4000, 3000, 8, 3, COMPRESSION_JPEG, 0, 0, 1, 0},
        {"none, 8 KB", 2480, 3508, 8, 1, COMPRESSION_NONE, 0, 0, 0, 3},
        {"LZW, 8 KB", 2480, 3508, 8, 1, COMPRESSION_LZW, 1, 0, 0, 3},
        {"LZW, predictor, 8 KB", 2480, 3508, 8, 1, COMPRESSION_LZW, 2, 0, 0, 3},
        {"Deflate, 8 KB", 2480, 3508, 8, 1, COMPRESSION_ADOBE_DEFLATE, 1, 0, 0, 3},
        {"Deflate, predictor, 8 KB", 2480, 3508, 8, 1, COMPRESSION_ADOBE_DEFLATE, 2, 0, 0, 3},
        {"Deflate, bits, 8 KB", 2480, 3508, 1, 1, COMPRESSION_ADOBE_DEFLATE, 1, 0, 0, 26},
        {"LZW, bits, 8 KB", 2480, 3508, 1, 1, COMPRESSION_LZW, 1, 0, 0, 26},
        {"PackBits, bits, 8 KB", 2480, 3508, 1, 1, COMPRESSION_PACKBITS, 0, 0, 0, 26},
        {"G4, bits, 8 KB", 2480, 3508, 1, 1, COMPRESSION_CCITTFAX4, 0, 0, 0, 26},
    };
    TIFFSetWarningHandler(NULL);
    /* Fresh memory for large blocks each time, as libdio takes it, and not what was freed before. */
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    printf("How many times as fast as libtiff, median of %d turns (middle half); two threads against one.\n", ROUNDS);
    printf("%-26s %7s %-19s %-19s %-19s\n", "", "ms", "    reading", "    two threads", "    writing");
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++)
        if (argc < 2 || strstr(cases[n].name, argv[1]) != NULL)
            run(&cases[n]);
    return 0;
}
