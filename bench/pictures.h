/*
 * Pictures that are made, the same each time: a photo and a page of text, of 8 bits a sample.
 */
#ifndef DIO_BENCH_PICTURES_H
#define DIO_BENCH_PICTURES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint32_t state;

static uint32_t noise(void)
{
    state = state * 1664525u + 1013904223u;
    return state >> 16;
}

/* A random number of a place of a grid. */
static int at_grid(uint32_t x, uint32_t y)
{
    uint32_t hash = (x * 0x9e3779b1u) ^ (y * 0x85ebca77u);
    hash = (hash ^ hash >> 15) * 0x2c1b3c6du;
    return (int)(hash >> 16 & 255);
}

/* Smooth shades between the places of a grid. */
static int shade(uint32_t x, uint32_t y, uint32_t size)
{
    uint32_t gx = x / size, gy = y / size;
    int fx = (int)(x % size * 256 / size), fy = (int)(y % size * 256 / size);
    int upper = at_grid(gx, gy) * (256 - fx) + at_grid(gx + 1, gy) * fx;
    int lower = at_grid(gx, gy + 1) * (256 - fx) + at_grid(gx + 1, gy + 1) * fx;
    return (upper / 256 * (256 - fy) + lower / 256 * fy) / 256;
}

/* Shades of many sizes with some grain. */
static void photo(uint32_t width, uint32_t height, int samples, uint8_t *pixels)
{
    state = 1;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            int light = shade(x, y, 512) * 4 + shade(x, y, 96) * 2 + shade(x, y, 24) + shade(x + 7, y, 7) / 3;
            for (int s = 0; s < samples; s++) {
                int tint = shade(x + 1000 * (uint32_t)s, y, 200) - 128;
                int value = light / 8 + tint / 4 + (int)(noise() % 7) - 3;
                *pixels++ = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
            }
        }
}

/* Dark strokes with soft edges on paper. */
static void document(uint32_t width, uint32_t height, int samples, uint8_t *pixels)
{
    size_t line = (size_t)width * (size_t)samples;
    state = 2;
    for (size_t at = 0; at < line * height; at++)
        pixels[at] = (uint8_t)(246 + noise() % 4);
    for (uint32_t top = 100; top + 60 < height; top += 75)
        for (uint32_t left = 200; left + 60 < width - 200; left += 20 + noise() % 30)
            for (uint32_t strokes = 2 + noise() % 4; strokes > 0; strokes--) {
                uint32_t x = left + noise() % 24, y = top + noise() % 30;
                uint32_t w = noise() % 2 ? 5 : 22, h = w == 5 ? 30 : 5, slant = noise() % 3;
                for (uint32_t dy = 0; dy < h; dy++)
                    for (uint32_t dx = 0; dx < w; dx++)
                        memset(pixels + (y + dy) * line + (x + dx + dy * slant / 4) * (size_t)samples,
                               dx == 0 || dx == w - 1 ? 128 : 20, (size_t)samples);
            }
}

#endif
