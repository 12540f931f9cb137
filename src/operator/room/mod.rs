//! `room show` and `room end`.

mod end;
mod show;

pub(super) use end::end;
pub(super) use show::show;
