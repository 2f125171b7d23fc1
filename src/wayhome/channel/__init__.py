"""Channel: what groups publish. Read kinds/post.py, texts.py, then service.py."""
