# §{project}

§{summary}

## §{look_title}

§{look_text}

```sh
python3 -m http.server 8000
```

§{run_open} <http://127.0.0.1:8000>.

## §{publish_title}

§{publish_text}

## §{change_title}

§{change_md}
