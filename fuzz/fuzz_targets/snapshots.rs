//! See `overcookied_fuzz::snapshots` for what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    overcookied_fuzz::snapshots::check(bytes);
});
