//! Plain Rust for the instructions of the processor at hand.

/// A function that is compiled for what every processor has, and for what x86-64 processors of the last ten years have, and
/// chosen between when it is called. Both give the same bytes. It is used in modules that may call code by its features.
macro_rules! twice {
    ($name:ident = $plain:path: ($($argument:ident: $kind:ty),*) $(-> $gives:ty)?) => {
        #[doc = concat!("See [`", stringify!($plain), "`].")]
        pub fn $name($($argument: $kind),*) $(-> $gives)? {
            // Apart, or its constants would take registers where it is not called.
            #[inline(never)]
            fn older($($argument: $kind),*) $(-> $gives)? {
                $plain($($argument),*)
            }
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
                fn newer($($argument: $kind),*) $(-> $gives)? {
                    $plain($($argument),*)
                }
                if std::arch::is_x86_feature_detected!("avx2")
                    && std::arch::is_x86_feature_detected!("bmi1")
                    && std::arch::is_x86_feature_detected!("bmi2")
                    && std::arch::is_x86_feature_detected!("lzcnt")
                {
                    // SAFETY: the processor has all of these.
                    return unsafe { newer($($argument),*) };
                }
            }
            older($($argument),*)
        }
    };
}
