"""Notes: create, read, update, delete. Knows nothing of tokens: only the resource server reaches it."""

import os

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

app = FastAPI()
notes: dict[int, str] = {}


class Note(BaseModel):
    text: str


@app.get("/notes")
async def list_notes() -> dict[int, str]:
    return notes


@app.post("/notes", status_code=201)
async def create(note: Note) -> int:
    number = max(notes, default=0) + 1
    notes[number] = note.text
    return number


@app.get("/notes/{number}")
async def read(number: int) -> str:
    if number not in notes:
        raise HTTPException(404, "there is no such note")
    return notes[number]


@app.put("/notes/{number}")
async def update(number: int, note: Note) -> None:
    await read(number)
    notes[number] = note.text


@app.delete("/notes/{number}")
async def delete(number: int) -> None:
    await read(number)
    del notes[number]


if __name__ == "__main__":
    uvicorn.run(app, host=os.environ.get("HOST", "127.0.0.1"), port=9001, log_level="warning")
