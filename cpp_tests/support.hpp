#ifndef DIO_CPP_SUPPORT_HPP
#define DIO_CPP_SUPPORT_HPP

/* What the C++ tests share. */

#include <dio.hpp>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "../c_tests/check.h"

/* The statement throws dio::Error of this code whose message contains these words. */
#define THROWS(expected, words, ...)                                                              \
    do {                                                                                          \
        DIO_ErrorCode got_ = DIO_EC_OK;                                                           \
        std::string said_ = "nothing";                                                            \
        try {                                                                                     \
            __VA_ARGS__;                                                                          \
        } catch (const dio::Error &error) {                                                       \
            got_ = error.code();                                                                  \
            said_ = error.what();                                                                 \
        }                                                                                         \
        if (got_ != (expected) || said_.find(words) == std::string::npos) {                       \
            std::fprintf(stderr, "%s:%d: code %d, \"%s\"\n", __FILE__, __LINE__, int(got_), said_.c_str()); \
            std::exit(EXIT_FAILURE);                                                              \
        }                                                                                         \
    } while (0)

/* Something of the test's own to throw. */
struct Oops {
    int number;
};

/* The statement throws Oops with this number. */
#define OOPS(expected, ...)                                                                       \
    do {                                                                                          \
        int got_ = -1;                                                                            \
        try {                                                                                     \
            __VA_ARGS__;                                                                          \
        } catch (const Oops &oops) {                                                              \
            got_ = oops.number;                                                                   \
        }                                                                                         \
        CHECK(got_ == (expected));                                                                \
    } while (0)

/* R, G, B in a pattern that no two neighbours share. */
inline dio::Image make_colour(std::uint32_t width, std::uint32_t height)
{
    std::vector<std::uint8_t> pixels(std::size_t{width} * height * 3);
    for (std::size_t at = 0; at < pixels.size(); at++)
        pixels[at] = static_cast<std::uint8_t>(at * 7 + at / 31);
    return dio::Image::copy(pixels, dio::PixelLayout(width, height, DIO_IPF_BGR_888));
}

inline bool same_bytes(dio::Bytes a, dio::Bytes b)
{
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

inline bool same_pixels(const dio::Image &a, const dio::Image &b)
{
    return a.width() == b.width() && a.height() == b.height() && a.pixel_format() == b.pixel_format() &&
           same_bytes(a.bytes(), b.bytes());
}

/* A TIFF of so many pages, each a pixel wider than the one before. */
inline dio::Buffer make_pages(std::uint32_t count)
{
    dio::Writer writer = dio::Writer::open_memory(dio::SaveOptions(DIO_IFF_TIFF));
    for (std::uint32_t page = 0; page < count; page++)
        writer.add_page(make_colour(20 + page, 10));
    return writer.finish_to_memory();
}

#endif
