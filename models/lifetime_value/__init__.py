"""What a customer will be worth: purchase models, a spend model, and the forecast made of them. No churn here."""
