//! The program: configuration, tracing, the app, and the signal that ends it.

fn main() {}
