"""What customers are worth and what to do about them: behaviour, scores, recommendations, next actions."""
