"""A self-hosted recommender platform: from interactions to personal recommendations."""
