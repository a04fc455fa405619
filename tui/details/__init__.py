"""What is shown of the selected object, one file per tab."""
