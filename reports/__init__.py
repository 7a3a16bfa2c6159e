"""Meeting papers from a frozen edition: Word, Excel, PowerPoint, one page for leaders, a short message.

Every paper reads the same edition and nothing else, so that two papers of one meeting never disagree.
"""
