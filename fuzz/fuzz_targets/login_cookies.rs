//! See `overcookied_fuzz::login_cookies` for what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    overcookied_fuzz::login_cookies::check(bytes);
});
