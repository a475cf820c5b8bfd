//! Who is calling, and what they may do where.

use postern_core::ids::{ApplicationId, EnvironmentId, OrganizationId, UserId};
use postern_core::permission::{OwnRights, Permission, PermissionSet, Verb};
use uuid::Uuid;

/// Where a set of permissions holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In every environment of the organization.
    Organization(OrganizationId),
    /// In one environment.
    Environment(EnvironmentId),
    /// For the users of one population; the environment is known from the population.
    Population(Uuid),
}

/// Permissions with the scope they hold in.
#[derive(Debug, Clone, Copy)]
pub struct Authority {
    /// Where.
    pub scope: Scope,
    /// What.
    pub permissions: PermissionSet,
}

/// The authenticated actor of a request or job.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody: public endpoints and the sign-on flow before the user is known.
    Anonymous,
    /// Postern itself: first start, sweepers, the command line.
    System,
    /// An application with a client-credentials token.
    Worker {
        /// The application.
        application: ApplicationId,
        /// The environment the application lives in.
        home: EnvironmentId,
        /// Its role assignments, resolved.
        authorities: Vec<Authority>,
    },
    /// A person with an access token.
    User {
        /// The user.
        user: UserId,
        /// The environment the user lives in.
        home: EnvironmentId,
        /// The client that got the token.
        application: ApplicationId,
        /// What the token's scopes allow on the user's own records.
        own: OwnRights,
        /// What the user's own roles allow.
        authorities: Vec<Authority>,
    },
}

/// What a permission check says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Go on.
    Granted,
    /// The caller may know of the environment but not do this.
    Denied,
    /// For this caller the environment does not exist.
    Hidden,
}

impl Caller {
    /// Whether the caller may do this in the environment. `verb` and `subject` (the user whose records are
    /// touched) decide for people who act on their own records.
    #[must_use]
    pub fn access(
        &self,
        permission: Permission,
        verb: Verb,
        environment: EnvironmentId,
        organization: OrganizationId,
        subject: Option<UserId>,
    ) -> Access {
        let (home, authorities) = match self {
            Self::System => return Access::Granted,
            Self::Anonymous => return Access::Hidden,
            Self::Worker { home, authorities, .. } => (*home, authorities),
            Self::User { user, home, own, authorities, .. } => {
                if *home == environment && subject == Some(*user) && own.allow(permission.area(), verb) {
                    return Access::Granted;
                }
                (*home, authorities)
            }
        };
        let mut visible = home == environment;
        for authority in authorities {
            let covers = match authority.scope {
                Scope::Organization(id) => id == organization,
                Scope::Environment(id) => id == environment,
                Scope::Population(_) => false,
            };
            visible |= covers;
            if covers && authority.permissions.contains(permission) {
                return Access::Granted;
            }
        }
        if visible { Access::Denied } else { Access::Hidden }
    }

    /// The environment that the caller lives in; the system and nobody live nowhere.
    #[must_use]
    pub fn home(&self) -> Option<EnvironmentId> {
        match self {
            Self::Worker { home, .. } | Self::User { home, .. } => Some(*home),
            Self::Anonymous | Self::System => None,
        }
    }

    /// What its roles give it, where. Nothing for the system, whose rights come from no role.
    #[must_use]
    pub fn authorities(&self) -> &[Authority] {
        match self {
            Self::Worker { authorities, .. } | Self::User { authorities, .. } => authorities,
            Self::Anonymous | Self::System => &[],
        }
    }

    /// Whether the caller acts on its own records rather than on somebody else's.
    #[must_use]
    pub fn is_self(&self, subject: UserId) -> bool {
        matches!(self, Self::User { user, .. } if *user == subject)
    }
}
