#!/bin/sh
# Runs targets one after the other: fuzz/run.sh SECONDS [TARGET...]. What is found is left in fuzz/artifacts.
cd "$(dirname "$0")/.." || exit 1
seconds=${1:?usage: fuzz/run.sh SECONDS [TARGET...]}
shift
[ $# -gt 0 ] || set -- jpeg png bmp gif tiff pdf pnm tga qoi round_trip layouts
for target; do
    words=fuzz/dictionaries/$target.dict
    if [ -f "$words" ]; then words=-dict=$words; else words=-verbosity=1; fi
    mkdir -p "fuzz/corpus/$target"
    echo "== $target"
    cargo +nightly fuzz run --target-dir target/fuzz "$target" -- "$words" -max_total_time="$seconds" \
        -rss_limit_mb=2048 -timeout=20 -max_len=100000 -print_final_stats=1 2>&1 | tail -n 400 \
        | grep -E "^(==|#[0-9]+.*(DONE|INITED)|stat::number_of_executed|SUMMARY|thread|.*panicked|assertion|.*artifact_prefix|ERROR)"
done
