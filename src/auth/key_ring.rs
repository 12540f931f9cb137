//! The session keys of a running server. A file of keys is read again when it changes, so that keys are
//! rotated without a restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use super::keys::Verifier;
use super::{KeysError, SessionKeys};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// How often it is looked at again for a key that nobody knows, at most: tokens with made-up names of
/// keys must not keep the disk busy.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

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
    looked: Mutex<Instant>,
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
        let keys = RwLock::new(Arc::new(SessionKeys::from_file(path)?));
        let looked = Mutex::new(Instant::now());
        let file = Some(Watched { path: path.to_owned(), looked });
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
        if !self.look(LOOK_AGAIN) {
            return None;
        }
        self.as_read().verifier(id).map(work)
    }

    fn as_read(&self) -> Arc<SessionKeys> {
        self.inner.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file again, unless that was done just now. `false`: nothing has changed.
    fn look(&self, not_since: Duration) -> bool {
        let Some(file) = &self.inner.file else { return false };
        {
            let mut looked = file.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if looked.elapsed() < not_since {
                return false;
            }
            *looked = Instant::now();
        }
        match SessionKeys::from_file(&file.path) {
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
