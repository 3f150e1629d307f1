"""One night in one data directory: whose shop it is, who may read it, its runs. No SQL model, no screen."""
