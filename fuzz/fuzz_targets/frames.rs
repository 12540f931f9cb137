//! See `overcookied_fuzz::frames` for what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    overcookied_fuzz::frames::check(bytes);
});
