"""What only the meeting papers show: freezing an edition, its sentences, and the differences to another."""
