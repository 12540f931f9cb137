//! The session keys of a running server. A file of keys is read again when it changes, so that keys are
//! rotated without a restart.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use super::keys::Verifier;
use super::{KeysError, SessionKeys};

/// How often it is looked whether the file has changed. For a key that nobody knows it is looked at once:
/// another pod may have begun to sign with it. The file is read only if it has changed, so that tokens with
/// made-up names of keys cost nothing but the look.
const LOOK: Duration = Duration::from_secs(5);

/// The keys of a running server. Cloning shares them.
#[derive(Clone)]
pub struct KeyRing {
    inner: Arc<Inner>,
}

struct Inner {
    keys: RwLock<Arc<SessionKeys>>,
    file: Option<Watched>,
}

/// The file that the keys are from.
struct Watched {
    path: PathBuf,
    seen: Mutex<Seen>,
}

/// When it was looked at, what tells one content from another without reading it, and whether it could
/// not be read then.
struct Seen {
    at: Instant,
    stamp: Option<Stamp>,
    failed: bool,
}

/// Device, file, size, and when it was written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp(u64, u64, u64, i64, i64);

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let file = std::fs::metadata(path).ok()?;
        Some(Self(file.dev(), file.ino(), file.size(), file.mtime(), file.mtime_nsec()))
    }
}

impl KeyRing {
    /// Keys that stay as they are.
    pub fn fixed(keys: SessionKeys) -> Self {
        Self { inner: Arc::new(Inner { keys: RwLock::new(Arc::new(keys)), file: None }) }
    }

    /// The keys in a file, and what they become.
    ///
    /// # Errors
    /// When it cannot be read or holds no keys.
    pub fn watching(path: &Path) -> Result<Self, KeysError> {
        // Before the file is read: what is written meanwhile is seen as a change.
        let seen = Mutex::new(Seen { at: Instant::now(), stamp: Stamp::of(path), failed: false });
        let keys = RwLock::new(Arc::new(SessionKeys::from_file(path)?));
        let file = Some(Watched { path: path.to_owned(), seen });
        Ok(Self { inner: Arc::new(Inner { keys, file }) })
    }

    /// The keys as they are now.
    pub(super) fn keys(&self) -> Arc<SessionKeys> {
        self.look(LOOK);
        self.as_read()
    }

    /// Does something with the public key of this name. Another pod may have begun to sign with a key
    /// that this one has yet to read.
    pub(super) fn with_key<T>(&self, id: &str, work: impl FnOnce(&Verifier) -> T) -> Option<T> {
        let keys = self.keys();
        if let Some(verifier) = keys.verifier(id) {
            return Some(work(verifier));
        }
        if !self.look(Duration::ZERO) {
            return None;
        }
        self.as_read().verifier(id).map(work)
    }

    /// The keys, if they have changed just now. For whoever has met what none of the others has made.
    pub(super) fn newer(&self) -> Option<Arc<SessionKeys>> {
        self.look(Duration::ZERO).then(|| self.as_read())
    }

    fn as_read(&self) -> Arc<SessionKeys> {
        self.inner.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file again if it has changed, unless it was looked at just now. `false`: the keys are the
    /// same.
    fn look(&self, not_since: Duration) -> bool {
        let Some(file) = &self.inner.file else { return false };
        {
            let mut seen = file.seen.lock().unwrap_or_else(PoisonError::into_inner);
            if seen.at.elapsed() < not_since {
                return false;
            }
            let stamp = Stamp::of(&file.path);
            seen.at = Instant::now();
            let same = std::mem::replace(&mut seen.stamp, stamp) == stamp;
            // What failed is tried again, but not for each token with a made-up name of a key.
            let again = seen.failed && !not_since.is_zero();
            if same && !again {
                return false;
            }
        }
        let read = SessionKeys::from_file(&file.path);
        file.seen.lock().unwrap_or_else(PoisonError::into_inner).failed = read.is_err();
        match read {
            Ok(keys) if keys.ids().eq(self.as_read().ids()) => false,
            Ok(keys) => {
                let all: Vec<_> = keys.ids().collect();
                tracing::info!(keys = all.join(" "), "the session keys have changed");
                *self.inner.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the session keys stay as they are");
                false
            }
        }
    }
}
