#include "support.h"

#include <pthread.h>

#define THREADS 8
#define ROUNDS 200

static void setters_wait_for_a_sole_owner(void)
{
    DIO_ImageData *image = make_colour(3, 2);
    const uint8_t xmp[] = "<x/>", *got = NULL;
    size_t size = 0;
    OK(DIO_ImageDataSetMetadata(image, DIO_METADATA_XMP, xmp, 4));
    OK(DIO_ImageDataGetMetadata(image, DIO_METADATA_XMP, &got, &size));

    DIO_ImageData *second = DIO_ImageDataRetain(image);
    CHECK(second == image);
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`image` has 2 owners", DIO_ImageDataSetOrientation(image, 90));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "2 owners", DIO_ImageDataSetResolution(second, 1, 1));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "2 owners", DIO_ImageDataSetMetadata(image, DIO_METADATA_XMP, NULL, 0));
    CHECK(DIO_ImageDataRetain(second) == image);
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`image` has 3 owners", DIO_ImageDataSetOrientation(image, 90));
    CHECK(DIO_ImageDataGetOrientation(image) == 0);

    DIO_FreeImageData(image);
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "2 owners", DIO_ImageDataSetOrientation(image, 90));
    /* What was lent is still there. */
    CHECK(size == 4 && memcmp(got, xmp, 4) == 0);
    DIO_FreeImageData(image);
    OK(DIO_ImageDataSetOrientation(second, 90));
    OK(DIO_ImageDataSetResolution(second, 300, 300));
    OK(DIO_ImageDataSetMetadata(second, DIO_METADATA_XMP, NULL, 0));
    CHECK(DIO_ImageDataGetOrientation(second) == 90);
    DIO_FreeImageData(second);

    CHECK(DIO_ImageDataRetain(NULL) == NULL);
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ImageDataSetOrientation(NULL, 0));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ImageDataSetResolution(NULL, 0, 0));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ImageDataSetMetadata(NULL, DIO_METADATA_XMP, NULL, 0));
}

static void note_release(void *user, void *data)
{
    ++*(int *)user;
    free(data);
}

static void *own_for_a_while(void *argument)
{
    DIO_ImageData *image = argument;
    for (int round = 0; round < ROUNDS; round++) {
        DIO_ImageData *mine = DIO_ImageDataRetain(image);
        CHECK(DIO_ImageDataGetBytes(mine)[5] == 7);
        RETURNS(DIO_EC_PARAMETER_VALUE_INVALID, DIO_ImageDataSetOrientation(mine, 90));
        DIO_FreeImageData(mine);
    }
    CHECK(DIO_ImageDataGetBytes(image)[5] == 7);
    DIO_FreeImageData(image);
    return NULL;
}

/* The pixels go with the last owner, in whichever thread that is. */
static void threads_share_lent_pixels(void)
{
    uint8_t *pixels = malloc(12);
    CHECK(pixels != NULL);
    memset(pixels, 7, 12);
    int released = 0;
    DIO_PixelLayout layout = { sizeof layout, 4, 3, DIO_IPF_GRAYSCALED, 0, 0, 4, 12 };
    DIO_ImageData *image = NULL;
    OK(DIO_WrapPixels(pixels, &layout, note_release, &released, &image));
    pthread_t threads[THREADS];
    for (int at = 0; at < THREADS; at++)
        CHECK(pthread_create(&threads[at], NULL, own_for_a_while, DIO_ImageDataRetain(image)) == 0);
    DIO_FreeImageData(image);
    for (int at = 0; at < THREADS; at++)
        CHECK(pthread_join(threads[at], NULL) == 0);
    CHECK(released == 1);
}

int main(void)
{
    setters_wait_for_a_sole_owner();
    threads_share_lent_pixels();
    return EXIT_SUCCESS;
}
