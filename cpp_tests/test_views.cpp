#include "support.hpp"

#include <array>

static std::size_t count(dio::Bytes bytes) { return bytes.size(); }

/* Takes the mutable memory that a call fills, or not. */
template <typename T>
constexpr bool is_writable = std::is_convertible<T, dio::MutableBytes>::value;

static_assert(is_writable<std::vector<std::uint8_t> &>, "");
static_assert(!is_writable<const std::vector<std::uint8_t> &>, "");
static_assert(!is_writable<std::vector<std::uint8_t>>, "a vector that goes away is not filled");
static_assert(!is_writable<dio::Bytes>, "");
static_assert(!std::is_convertible<std::vector<std::uint16_t> &, dio::Bytes>::value, "");
static_assert(!std::is_convertible<std::string &, dio::Bytes>::value, "");
static_assert(!std::is_copy_constructible<dio::Image>::value && !std::is_copy_assignable<dio::Image>::value, "");
static_assert(!std::is_copy_constructible<dio::Reader>::value && !std::is_copy_constructible<dio::Writer>::value, "");
static_assert(!std::is_copy_constructible<dio::Buffer>::value, "");
static_assert(std::is_nothrow_move_constructible<dio::Image>::value && std::is_nothrow_move_assignable<dio::Reader>::value, "");

template <typename T, typename = void>
struct can_wrap : std::false_type {};
template <typename T>
struct can_wrap<T, decltype(void(dio::Image::wrap(std::declval<T>(), std::declval<dio::PixelLayout>())))>
    : std::true_type {};
static_assert(can_wrap<std::vector<std::uint8_t> &>::value, "");
static_assert(!can_wrap<std::vector<std::uint8_t>>::value, "a vector that goes away is not borrowed");
#if __cplusplus >= 202002L && !defined(__cpp_lib_span)
#    error "std::span is not tested"
#endif

static void spans_are_made_of_what_holds_bytes()
{
    std::uint8_t plain[3] = { 1, 2, 3 };
    std::vector<std::uint8_t> vector = { 1, 2 };
    const std::array<std::uint8_t, 4> array = { { 1, 2, 3, 4 } };
    CHECK(count(plain) == 3 && count(vector) == 2 && count(array) == 4 && count({}) == 0);
    CHECK(count(dio::MutableBytes(vector)) == 2 && count(std::vector<std::uint8_t>(7)) == 7);
    const dio::Bytes bytes = array;
    CHECK(bytes[3] == 4 && bytes.data() == array.data() && !bytes.empty());
    CHECK(same_bytes(bytes.subspan(1, 2), dio::Bytes(plain + 1, 2)));
    CHECK(bytes.subspan(3, 9).size() == 1 && bytes.subspan(9).empty() && bytes.subspan(4).empty());
    int sum = 0;
    for (std::uint8_t byte : bytes)
        sum += byte;
    CHECK(sum == 10);
}

static void least_strides_are_those_of_the_library()
{
    for (DIO_ImagePixelFormat format : { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 256, 257 }) {
        for (std::uint32_t width = 1; width <= 17; width++) {
            const dio::Image image = make_colour(width, 5).convert(format);
            const dio::PixelLayout layout(width, 5, format);
            CHECK(image.stride() == dio::least_stride(width, format));
            CHECK(image.stride() == layout.stride && image.bytes().size() == layout.size);
        }
    }
    CHECK(dio::least_stride(9, DIO_IPF_AS_STORED) == 0 && dio::PixelLayout(3, 0, DIO_IPF_BINARY).size == 0);
}

#ifdef __cpp_lib_span
static std::size_t count_std(std::span<const std::uint8_t> bytes) { return bytes.size(); }

static void std_span_goes_both_ways()
{
    dio::Image image = make_colour(4, 3);
    CHECK(count_std(image.bytes()) == 36);
    std::vector<std::uint8_t> memory(36);
    std::span<std::uint8_t> view(memory);
    CHECK(count(view) == 36 && count(view.first(5)) == 5);
    image.save_pixels(view, dio::PixelLayout(4, 3, DIO_IPF_BGR_888));
    CHECK(same_bytes(view, image.bytes()));
}
#endif

int main()
{
    spans_are_made_of_what_holds_bytes();
    least_strides_are_those_of_the_library();
#ifdef __cpp_lib_span
    std_span_goes_both_ways();
#endif
    return EXIT_SUCCESS;
}
