"""Our own addresses: which queue each feeds, and by which one a ticket is answered."""
