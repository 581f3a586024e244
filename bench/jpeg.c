/*
 * Writes JPEGs with libdio and libjpeg-turbo and reads those that libjpeg-turbo wrote, in one process, in turns, on one
 * thread, and prints how many times as fast libdio is by the time of the processor. Pictures are made here, the same each
 * time. Both use fresh memory; the coefficients of both files must be equal, and so must the pixels read.
 */
#include <dio.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <jpeglib.h>

#include "pictures.h"

enum { ROUNDS = 15 };

typedef struct {
    const char *name;
    uint32_t width, height;
    int document, samples, bgr;
    int across, down;
    int quality, optimize, progressive;
} Case;

/* Of this thread alone: the machine may do other work. */
static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, DIO_GetLastErrorMessage());
    exit(1);
}

static void write_turbo(const Case *c, const uint8_t *pixels, unsigned char **bytes, unsigned long *size)
{
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct to;
    to.err = jpeg_std_error(&errors);
    jpeg_create_compress(&to);
    jpeg_mem_dest(&to, bytes, size);
    to.image_width = c->width;
    to.image_height = c->height;
    to.input_components = c->samples;
    to.in_color_space = c->samples == 1 ? JCS_GRAYSCALE : c->bgr ? JCS_EXT_BGR : JCS_RGB;
    jpeg_set_defaults(&to);
    jpeg_set_quality(&to, c->quality, TRUE);
    to.dct_method = JDCT_ISLOW;
    to.optimize_coding = c->optimize ? TRUE : FALSE;
    if (c->samples == 3) {
        to.comp_info[0].h_samp_factor = c->across;
        to.comp_info[0].v_samp_factor = c->down;
    }
    if (c->progressive)
        jpeg_simple_progression(&to);
    jpeg_start_compress(&to, TRUE);
    size_t line = (size_t)c->width * (size_t)c->samples;
    while (to.next_scanline < to.image_height) {
        JSAMPROW rows[16];
        JDIMENSION count = 0;
        for (; count < 16 && to.next_scanline + count < to.image_height; count++)
            rows[count] = (JSAMPROW)(pixels + line * (to.next_scanline + count));
        jpeg_write_scanlines(&to, rows, count);
    }
    jpeg_finish_compress(&to);
    jpeg_destroy_compress(&to);
}

static DIO_ImageData *image_of(const Case *c, const uint8_t *pixels)
{
    size_t len = (size_t)c->width * c->height * (size_t)c->samples;
    char *file = malloc(64 + len);
    int head = sprintf(file, "P%d %u %u 255\n", c->samples == 1 ? 5 : 6, c->width, c->height);
    memcpy(file + head, pixels, len);
    for (size_t at = (size_t)head; c->bgr && at < (size_t)head + len; at += 3) {
        char swapped = file[at];
        file[at] = file[at + 2];
        file[at + 2] = swapped;
    }
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    options.pixel_format = c->samples == 1 ? DIO_IPF_GRAYSCALED : c->bgr ? DIO_IPF_RGB_888 : DIO_IPF_BGR_888;
    DIO_ImageData *image = NULL;
    if (DIO_ReadFromMemoryWithOptions((uint8_t *)file, (size_t)head + len, &options, &image) != DIO_EC_OK)
        fail(c->name);
    free(file);
    return image;
}

static void write_libdio(const Case *c, const DIO_ImageData *image, uint8_t **bytes, size_t *size)
{
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    options.quality = c->quality;
    options.optimize = c->optimize;
    options.progressive = c->progressive;
    options.subsampling = c->down == 2     ? DIO_SUBSAMPLING_420
                          : c->across == 2 ? DIO_SUBSAMPLING_422
                                           : DIO_SUBSAMPLING_444;
    if (DIO_SaveToMemoryWithOptions(image, DIO_IFF_JPEG, &options, bytes, size) != DIO_EC_OK)
        fail(c->name);
}

static uint8_t *read_turbo(const Case *c, const uint8_t *bytes, size_t size)
{
    struct jpeg_error_mgr errors;
    struct jpeg_decompress_struct from;
    from.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&from);
    jpeg_mem_src(&from, bytes, (unsigned long)size);
    jpeg_read_header(&from, TRUE);
    from.out_color_space = c->samples == 1 ? JCS_GRAYSCALE : c->bgr ? JCS_EXT_BGR : JCS_RGB;
    from.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&from);
    size_t line = (size_t)c->width * (size_t)c->samples;
    uint8_t *pixels = malloc(line * c->height);
    while (from.output_scanline < from.output_height) {
        JSAMPROW rows[16];
        JDIMENSION count = 0;
        for (; count < 16 && from.output_scanline + count < from.output_height; count++)
            rows[count] = pixels + line * (from.output_scanline + count);
        jpeg_read_scanlines(&from, rows, count);
    }
    jpeg_finish_decompress(&from);
    jpeg_destroy_decompress(&from);
    return pixels;
}

static DIO_ImageData *read_libdio(const Case *c, const uint8_t *bytes, size_t size)
{
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    options.pixel_format = c->samples == 1 ? DIO_IPF_GRAYSCALED : c->bgr ? DIO_IPF_RGB_888 : DIO_IPF_BGR_888;
    options.threads = 1;
    DIO_ImageData *image = NULL;
    if (DIO_ReadFromMemoryWithOptions(bytes, size, &options, &image) != DIO_EC_OK)
        fail(c->name);
    return image;
}

/* Opens a file and gives its coefficients. */
static jvirt_barray_ptr *coefficients(struct jpeg_decompress_struct *from, struct jpeg_error_mgr *errors,
                                      const uint8_t *bytes, size_t size)
{
    from->err = jpeg_std_error(errors);
    jpeg_create_decompress(from);
    jpeg_mem_src(from, bytes, (unsigned long)size);
    jpeg_read_header(from, TRUE);
    return jpeg_read_coefficients(from);
}

static void compare(const Case *c, const uint8_t *ours, size_t our_size, const uint8_t *theirs, size_t their_size)
{
    struct jpeg_decompress_struct a, b;
    struct jpeg_error_mgr errors;
    jvirt_barray_ptr *of_a = coefficients(&a, &errors, ours, our_size);
    jvirt_barray_ptr *of_b = coefficients(&b, &errors, theirs, their_size);
    if (a.num_components != b.num_components)
        fail("components differ");
    for (int n = 0; n < a.num_components; n++) {
        jpeg_component_info *part = &a.comp_info[n];
        if (memcmp(part->quant_table->quantval, b.comp_info[n].quant_table->quantval, sizeof part->quant_table->quantval))
            fail("quantization differs");
        for (JDIMENSION y = 0; y < part->height_in_blocks; y++) {
            JBLOCKARRAY row_a = a.mem->access_virt_barray((j_common_ptr)&a, of_a[n], y, 1, FALSE);
            JBLOCKARRAY row_b = b.mem->access_virt_barray((j_common_ptr)&b, of_b[n], y, 1, FALSE);
            if (memcmp(row_a[0], row_b[0], part->width_in_blocks * sizeof(JBLOCK))) {
                fprintf(stderr, "%s: component %d, row %u of blocks: ", c->name, n, y);
                fail("coefficients differ");
            }
        }
    }
    jpeg_destroy_decompress(&a);
    jpeg_destroy_decompress(&b);
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

/* Reads a file in turns and tells how many times as fast libdio is, and its time. */
static double time_reading(const Case *c, const uint8_t *bytes, size_t size, double *our_time)
{
    double their_time = 1e9;
    *our_time = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double t0 = now();
        uint8_t *theirs = read_turbo(c, bytes, size);
        double t1 = now();
        DIO_ImageData *ours = read_libdio(c, bytes, size);
        double t2 = now();
        their_time = least(their_time, t1 - t0);
        *our_time = least(*our_time, t2 - t1);
        if (memcmp(DIO_ImageDataGetBytes(ours), theirs, (size_t)c->width * c->height * (size_t)c->samples) != 0)
            fail("pixels differ");
        free(theirs);
        DIO_FreeImageData(ours);
    }
    return their_time / *our_time;
}

static void run(const Case *c)
{
    uint8_t *pixels = malloc((size_t)c->width * c->height * (size_t)c->samples);
    (c->document ? document : photo)(c->width, c->height, c->samples, pixels);
    DIO_ImageData *image = image_of(c, pixels);
    double our_time = 1e9, their_time = 1e9, reading_time = 1e9, reading = 0;
    size_t our_size = 0;
    unsigned long their_size = 0;
    for (int round = 0; round < ROUNDS; round++) {
        uint8_t *ours = NULL;
        unsigned char *theirs = NULL;
        double t0 = now();
        write_turbo(c, pixels, &theirs, &their_size);
        double t1 = now();
        write_libdio(c, image, &ours, &our_size);
        double t2 = now();
        their_time = least(their_time, t1 - t0);
        our_time = least(our_time, t2 - t1);
        if (round == 0) {
            compare(c, ours, our_size, theirs, their_size);
            reading = time_reading(c, theirs, their_size, &reading_time);
        }
        free(theirs);
        DIO_FreeBytes(ours);
    }
    printf("| %-28s | %8.3f | %7.2f | %8.3f | %7.2f | %6.4f |\n", c->name, reading_time * 1e3, reading, our_time * 1e3,
           their_time / our_time, (double)our_size / (double)their_size);
    fflush(stdout);
    DIO_FreeImageData(image);
    free(pixels);
}

/* Every way to fill the last blocks of rows and columns. */
static void compare_sizes(void)
{
    for (uint32_t n = 0; n < 2048; n++) {
        state = n * 77;
        int kind = (int)(n % 4);
        Case c = {"small sizes", 1 + n / 4 % 37, 1 + noise() % 37, n % 8 < 2, kind == 3 ? 1 : 3, (int)(n >> 7 & 1 && kind != 3),
                  kind == 0 || kind == 1 ? 2 : 1, kind == 0 ? 2 : 1, 1 + (int)(noise() % 100), (int)(n >> 6 & 1), n % 16 == 0};
        uint8_t *pixels = malloc((size_t)c.width * c.height * (size_t)c.samples);
        photo(c.width, c.height, c.samples, pixels);
        DIO_ImageData *image = image_of(&c, pixels);
        uint8_t *ours = NULL;
        unsigned char *theirs = NULL;
        size_t our_size = 0;
        unsigned long their_size = 0;
        write_turbo(&c, pixels, &theirs, &their_size);
        write_libdio(&c, image, &ours, &our_size);
        compare(&c, ours, our_size, theirs, their_size);
        free(theirs);
        DIO_FreeBytes(ours);
        DIO_FreeImageData(image);
        free(pixels);
    }
}

int main(int argc, char **argv)
{
    const Case cases[] = {
        {"photo, 4:2:0", 4000, 3000, 0, 3, 0, 2, 2, 90, 0, 0},
        {"photo, 4:2:2", 4000, 3000, 0, 3, 0, 2, 1, 90, 0, 0},
        {"photo, 4:4:4", 4000, 3000, 0, 3, 0, 1, 1, 90, 0, 0},
        {"photo, 4:2:0, quality 75", 4000, 3000, 0, 3, 0, 2, 2, 75, 0, 0},
        {"photo, 4:2:0, B, G, R", 4000, 3000, 0, 3, 1, 2, 2, 90, 0, 0},
        {"photo, 4:2:0, optimized", 4000, 3000, 0, 3, 0, 2, 2, 90, 1, 0},
        {"photo, 4:4:4, optimized", 4000, 3000, 0, 3, 0, 1, 1, 90, 1, 0},
        {"photo, 4:2:0, progressive", 4000, 3000, 0, 3, 0, 2, 2, 90, 1, 1},
        {"photo, 4:4:4, progressive", 4000, 3000, 0, 3, 0, 1, 1, 90, 1, 1},
        {"photo, gray", 4000, 3000, 0, 1, 0, 1, 1, 90, 0, 0},
        {"document, 4:2:0", 2480, 3508, 1, 3, 0, 2, 2, 90, 0, 0},
        {"document, 4:4:4", 2480, 3508, 1, 3, 0, 1, 1, 90, 0, 0},
        {"document, gray", 2480, 3508, 1, 1, 0, 1, 1, 90, 0, 0},
        {"odd size, 4:2:0", 1237, 1013, 0, 3, 0, 2, 2, 90, 0, 0},
        {"64 x 64, 4:2:0", 64, 64, 0, 3, 0, 2, 2, 90, 0, 0},
    };
    compare_sizes();
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    printf("| %-28s | %-8s | %-7s | %-8s | %-7s | %-6s |\n", "JPEG", "read, ms", "reading", "written", "writing", "size");
    printf("| --- | --- | --- | --- | --- | --- |\n");
    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++)
        if (argc < 2 || strstr(cases[n].name, argv[1]) != NULL)
            run(&cases[n]);
    return 0;
}
