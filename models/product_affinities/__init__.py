"""What is bought together: pairs of products that meet more often than by chance, and how well they recommend."""
