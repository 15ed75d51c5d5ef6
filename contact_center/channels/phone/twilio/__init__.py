"""Twilio behind the seam: plans as its markup, its questions and callbacks as ours, commands to its REST interface."""
