"""A page on this computer where people drop pictures and see what volunteers would say of them."""
