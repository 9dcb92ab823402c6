#!/bin/bash
# One cell for each task of an array, without Ray, on a file system that all nodes share:
# docs/how-to/cluster.md. The argument is a file with a cell in each line.
#SBATCH --job-name=archbench
#SBATCH --cpus-per-task=2
#SBATCH --requeue
#SBATCH --output=.dvc/tmp/slurm-%A_%a.log
set -euo pipefail
mapfile -t cells <"$1"
export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK PYTHONPATH=src
[ ! -d .venv/bin ] || export PATH="$PWD/.venv/bin:$PATH"
exec python -m archbench.cluster.cell "${cells[SLURM_ARRAY_TASK_ID]}"
