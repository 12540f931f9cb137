//! See `overcookied_fuzz::bus_messages` for what must hold.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    overcookied_fuzz::bus_messages::check(bytes);
});
