"""What the template is told for each part of the page: page/sections has the text."""
