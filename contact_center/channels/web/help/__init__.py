"""The public help centre: what everybody may read, find and vote on; and answers while a request is written."""
