//! See `overcookied_fuzz::tokens` for what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    overcookied_fuzz::tokens::check(bytes);
});
